// The look of the report, for light and dark screens and for paper.
#pragma once

#include <string_view>

namespace tocsin::agents::drill {

inline constexpr std::string_view report_style = R"(
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1a2230;--dim:#5d6878;--rule:#dde2ea;
--lane:#eef1f6;--detect:#2474cf;--share:#0b8f86;--decide:#7d4fd8;--contain:#c97700;--restore:#2f8a3b;
--bad:#c8322f;--plain:#7c8797;--good:#e3f3e6;--poor:#fbe5e4}
@media (prefers-color-scheme:dark){:root{--page:#11151c;--card:#1a202a;--ink:#e6eaf1;--dim:#98a3b4;
--rule:#2d3644;--lane:#202835;--detect:#5aa6f5;--share:#3cc4b8;--decide:#ad8bf5;--contain:#efa63a;
--restore:#63c070;--bad:#f0706c;--plain:#8d99ab;--good:#1d3325;--poor:#3b2022}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:1200px;margin:0 auto;padding:32px 20px 64px}h1{margin:0;font-size:28px}
h2{margin:36px 0 10px;font-size:18px}.dim{color:var(--dim);font-size:13px}header .dim{margin:4px 0 0}
.tag{display:inline-block;margin:0 0 8px;padding:1px 10px;border-radius:99px;font-size:12px;
font-weight:700;letter-spacing:.08em;color:#fff;background:#a85b00}
.cards{display:flex;flex-wrap:wrap;gap:12px;margin:22px 0}.card{flex:1 1 150px;padding:14px 16px;
background:var(--card);border:1px solid var(--rule);border-radius:10px}.card b{display:block;
font-size:24px;line-height:1.2}.card span{color:var(--dim);font-size:13px}
.card.good{background:var(--good)}.card.poor{background:var(--poor)}.about{max-width:80ch}
.warn{color:var(--bad);font-weight:600}
.chart{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:8px;
overflow-x:auto}.chart svg{display:block;width:100%;min-width:820px;height:auto}
svg text{font-family:inherit;fill:var(--ink)}.tick{font-size:11px;text-anchor:middle;fill:var(--dim)!important}
.name{font-size:14px;font-weight:650;text-anchor:end}.sub{font-size:10.5px;text-anchor:end;
fill:var(--dim)!important}.lane{fill:var(--lane)}.event{stroke:var(--rule);stroke-width:1}
.badge{fill:var(--ink)}.number{font-size:10.5px;font-weight:700;text-anchor:middle;fill:var(--card)!important}
.wait{stroke:var(--dim);stroke-width:1.4}.down,.cut{fill:var(--bad);opacity:.28}.cut{opacity:.75}
.detect{fill:var(--detect)}.share{fill:var(--share)}.decide{fill:var(--decide)}
.contain{fill:var(--contain)}.restore{fill:var(--restore)}.plain{fill:var(--plain)}
.inject{fill:var(--card);stroke:var(--ink);stroke-width:1.3}.missed{fill:none;stroke:var(--bad);
stroke-width:1.6}.bad{fill:var(--bad)}.line{stroke:var(--bad);stroke-width:1.8;fill:none}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 0 8px;font-size:13px;color:var(--dim)}
.legend span{display:inline-flex;align-items:center;gap:5px}.legend svg{width:14px;height:14px}
table{width:100%;border-collapse:collapse;background:var(--card);border:1px solid var(--rule);
border-radius:10px;overflow:hidden}th,td{padding:7px 12px;text-align:left;vertical-align:top;
border-top:1px solid var(--rule)}thead th{border-top:0;font-size:12px;color:var(--dim);
text-transform:uppercase;letter-spacing:.04em}.n{text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums}tr.head td{background:var(--lane)}
.no{display:inline-block;min-width:20px;height:20px;border-radius:10px;background:var(--ink);
color:var(--card);font-size:11px;font-weight:700;line-height:20px;text-align:center}
.ok{color:var(--restore);font-weight:650}.lost{color:var(--bad);font-weight:700}
.bar{display:block;height:4px;margin-top:4px;border-radius:2px;background:var(--lane)}
.bar i{display:block;height:4px;border-radius:2px;background:var(--restore)}
summary{cursor:pointer;margin-bottom:8px}@media print{details{display:block}}
)";

}  // namespace tocsin::agents::drill
