#include "playbooks/damage/csv.hpp"

#include <algorithm>

namespace tocsin::playbooks {

namespace {

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  Result<std::vector<CsvRow>> rows() {
    std::vector<CsvRow> out;
    while (at_ < text_.size()) {
      CsvRow row;
      row.line = line_;
      if (auto ok = read_row(row); !ok) return std::unexpected(ok.error());
      const bool blank = row.cells.size() == 1 && row.cells[0].empty() && row.fault.empty();
      if (!blank) out.push_back(std::move(row));
    }
    return out;
  }

 private:
  bool at_end() const { return at_ == text_.size() || text_[at_] == '\n'; }

  Result<void> read_row(CsvRow& row) {
    for (;;) {
      std::string cell;
      if (at_ < text_.size() && text_[at_] == '"') {
        if (auto ok = read_quoted(cell); !ok) return ok;
        if (!at_end() && text_[at_] != ',' && text_[at_] != '\r')
          row.fault = "text after a closing quote";
      }
      const auto end = std::min(text_.find_first_of(",\n", at_), text_.size());
      cell += text_.substr(at_, end - at_);
      at_ = end;
      if (at_end()) {
        while (cell.ends_with('\r')) cell.pop_back();
        row.cells.push_back(std::move(cell));
        if (at_ < text_.size()) ++at_;
        ++line_;
        return {};
      }
      row.cells.push_back(std::move(cell));
      ++at_;  // the comma
      if (at_ == text_.size()) {
        row.cells.emplace_back();
        return {};
      }
    }
  }

  Result<void> read_quoted(std::string& cell) {
    const auto begun = line_;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        cell += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        cell += '"';
        ++at_;
      } else {
        ++at_;
        return {};
      }
    }
    return fail(Errc::invalid, "line {}: a quote is opened and never closed", begun);
  }

  std::string_view text_;
  std::size_t at_ = 0, line_ = 1;
};

}  // namespace

Result<std::vector<CsvRow>> read_csv(std::string_view text) { return CsvReader(text).rows(); }

}  // namespace tocsin::playbooks
