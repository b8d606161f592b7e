#include "mesh/wire/marking.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

TEST_CASE("classified markings are refused however they are written") {
  for (const auto text : {
           "VS-NfD", "vs-nfd", "Bericht (VS - NfD)", "VS\xe2\x80\x91NfD", "VS\xc2\xa0NfD", "VSNfD",
           "VS-NUR F\xc3\x9cR DEN DIENSTGEBRAUCH", "nur f\xc3\xbcr den Dienstgebrauch",
           "NUR FUER DEN DIENSTGEBRAUCH", "nur fu\xcc\x88r den Dienstgebrauch", "VS-Vertraulich",
           "VS-VERTRAULICH", "Einstufung: Geheim", "GEHEIM", "STRENG GEHEIM", "Streng geheim\nText",
           "de-vs:Einstufung=\"STRENG GEHEIM\"", "de-vs:einstufung=\"Geheim\"",
           "Diffusion Restreinte", "DIFFUSION RESTREINTE", "diffusion-restreinte", "Secret",
           "first line\nSECRET\nlast line", "classification: secret", "fr-classif:classifiees=\"SECRET\"",
           "TR\xc3\x88S SECRET", "Tr\xc3\xa8s Secret D\xc3\xa9""fense", "CONFIDENTIEL D\xc3\x89""FENSE",
           "Secret-D\xc3\xa9""fense", "SP\xc3\x89""CIAL FRANCE", "RESTREINT UE/EU RESTRICTED",
           "restreint ue", "EU RESTRICTED", "R-UE/EU-R", "CONFIDENTIEL UE", "SECRET UE/EU SECRET",
           "TRES SECRET UE/EU TOP SECRET", "NATO RESTRICTED", "NATO SECRET", "COSMIC TOP SECRET",
           "TOP SECRET", "TLP:SECRET", "Marking = VS-Vertraulich"}) {
    CAPTURE(text);
    const auto refused = refuse_classified(text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::marking);
    CHECK_FALSE(refused.error().hint.empty());
  }
}

TEST_CASE("ordinary text that merely uses such words passes") {
  for (const auto text : {
           "", "tlp:green", "the client secret was leaked", "Top secret sauce of the malware",
           "secret-manager.example", "das bleibt streng geheim gehalten", "offen vs. geheim",
           "offen vs. vertraulich", "geheimdienst.example", "the EU restricted exports",
           "rotate the secret, then confirm", "Secret Service spoofing", "secret\tof the trade",
           "restricted", "confidential", "nato restricted access to it", "k8s secret: db-password",
           "a special France edition", "vs nfd5", "NON CLASSIFIE", "diffusion of restreinte"}) {
    CAPTURE(text);
    CHECK(refuse_classified(text));
  }
}

TEST_CASE("any bytes at all can be asked about") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(char(i));
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    (void)refuse_classified(bytes.substr(cut));
    (void)refuse_classified(bytes.substr(0, cut) + "\xc3");
  }
  CHECK_FALSE(refuse_classified(bytes + "\nVS-NfD"));
}
