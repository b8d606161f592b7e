#include "agents/cli/messages.hpp"

#include <algorithm>
#include <array>

namespace tocsin::agents::cli {
namespace {

struct Message {
  std::string_view key, en, de, fr;
};

constexpr std::array messages{
    // Headings of tables: the keys of documents.
    Message{"action", "action", "Aktion", "action"},
    Message{"active", "active", "aktiv", "actif"},
    Message{"actuator", "actuator", "Stellglied", "actionneur"},
    Message{"address", "address", "Adresse", "adresse"},
    Message{"agent", "agent", "Agent", "agent"},
    Message{"asset", "asset", "Objekt", "actif"},
    Message{"at", "at", "Zeit", "heure"},
    Message{"command", "command", "Befehl", "commande"},
    Message{"confidence", "confidence", "Vertrauen", "confiance"},
    Message{"count", "count", "Anzahl", "nombre"},
    Message{"created", "created", "erstellt", "création"},
    Message{"deadline", "deadline", "Frist", "échéance"},
    Message{"expires", "expires", "läuft ab", "expire"},
    Message{"federation", "federation", "Verbund", "fédération"},
    Message{"first_seen", "first seen", "zuerst gesehen", "première vue"},
    Message{"fix", "fix", "Abhilfe", "remède"},
    Message{"gateway", "gateway", "Zugang", "passerelle"},
    Message{"have", "signed by", "unterzeichnet", "signé par"},
    Message{"impact", "impact", "Auswirkung", "impact"},
    Message{"incident", "incident", "Vorfall", "incident"},
    Message{"indicator", "indicator", "Indikator", "indicateur"},
    Message{"kind", "kind", "Art", "genre"},
    Message{"last_seen", "last seen", "zuletzt gesehen", "dernière vue"},
    Message{"level", "level", "Stufe", "niveau"},
    Message{"name", "name", "Name", "nom"},
    Message{"need", "needed", "nötig", "requis"},
    Message{"opened", "opened", "eröffnet", "ouverture"},
    Message{"org", "organisation", "Organisation", "organisation"},
    Message{"orgs", "organisations", "Organisationen", "organisations"},
    Message{"owner", "owner", "zuständig", "responsable"},
    Message{"receipts", "receipts", "Quittungen", "accusés"},
    Message{"roles", "roles", "Rollen", "rôles"},
    Message{"run", "run", "Lauf", "exécution"},
    Message{"severity", "severity", "Schwere", "gravité"},
    Message{"since", "since", "seit", "depuis"},
    Message{"state", "state", "Zustand", "état"},
    Message{"step", "step", "Schritt", "étape"},
    Message{"suspect", "silent", "stumm", "muet"},
    Message{"target", "target", "Ziel", "cible"},
    Message{"targets", "targets", "Ziele", "cibles"},
    Message{"title", "title", "Titel", "titre"},
    Message{"type", "type", "Typ", "type"},
    Message{"until", "until", "bis", "jusqu'à"},
    Message{"value", "value", "Wert", "valeur"},
    Message{"what", "finding", "Befund", "constat"},
    // Sentences.
    Message{"none", "nothing", "nichts", "rien"},
    Message{"no_indicators", "no indicator found", "kein Indikator gefunden",
            "aucun indicateur trouvé"},
    Message{"no_sightings", "nothing was seen", "nichts wurde gesehen", "rien n'a été vu"},
    Message{"no_forks", "no agent signed two truths", "kein Agent hat zweierlei signiert",
            "aucun agent n'a signé deux versions"},
    Message{"no_incidents", "no incident is open", "kein Vorfall ist offen",
            "aucun incident n'est ouvert"},
    Message{"no_runs", "no run", "kein Lauf", "aucune exécution"},
    Message{"no_approvals", "nothing waits for a signature", "nichts wartet auf eine Unterschrift",
            "rien n'attend de signature"},
    Message{"no_effects", "no effect in force", "keine Maßnahme in Kraft",
            "aucune mesure en vigueur"},
    Message{"no_peers", "no partner is known", "kein Partner bekannt", "aucun partenaire connu"},
    Message{"no_analysts", "no person is known", "keine Person bekannt", "aucune personne connue"},
    Message{"all_well", "all is well", "alles in Ordnung", "tout va bien"},
    Message{"alarm", "ALARM", "ALARM", "ALERTE"},
    Message{"burning", "burning", "es brennt", "en cours"},
    Message{"waiting", "waits for you", "wartet auf Sie", "vous attend"},
    Message{"deadlines", "deadlines", "Fristen", "échéances"},
    Message{"next", "next", "nächster Schritt", "ensuite"},
    Message{"exercise", "EXERCISE", "ÜBUNG", "EXERCICE"},
    Message{"sign_question", "sign this?", "unterzeichnen?", "signer ?"},
    Message{"error", "error", "Fehler", "erreur"},
    Message{"hint", "hint", "Hinweis", "conseil"},
    Message{"fingerprint", "read aloud to your partner; they must see the same words",
            "dem Partner vorlesen; er muss dieselben Wörter sehen",
            "à lire au partenaire, qui doit voir les mêmes mots"},
};

}  // namespace

bool is_language(std::string_view lang) { return lang == "en" || lang == "de" || lang == "fr"; }

std::string_view message(std::string_view lang, std::string_view key) {
  const auto found = std::find_if(messages.begin(), messages.end(),
                                  [&](const Message& each) { return each.key == key; });
  if (found == messages.end()) return key;
  if (lang == "de") return found->de;
  if (lang == "fr") return found->fr;
  return found->en;
}

}  // namespace tocsin::agents::cli
