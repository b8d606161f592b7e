#!/usr/bin/env python3
"""What works without a running agent: matching, and the audit of a home or of an export."""
import json

from federation import PEOPLE, ROOT, Federation, main


def match(federation, org, file):
    done = federation.command(org, "match", file)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def events_match_the_homes_own_indicators_whether_its_agent_runs_or_not():
    with Federation() as federation:
        federation.start_all()
        added = {value: federation.run("delos", "ioc", "add", "domain", value, "--tlp", tlp)["id"]
                 for value, tlp in (("evil.example", "amber"), ("gone.example", "green"))}
        federation.run("delos", "ioc", "retract", added["gone.example"], "--why", "error", "--as", "anna")
        federation.until(lambda: len(federation.run("bleu", "ioc", "search", "example")["indicators"]) == 2,
                         10, "both at Bleu")
        events = federation.at / "events.ndjson"
        events.write_text('{"message":"query www.evil.example"}\n{"message":"query gone.example"}\n')
        online = match(federation, "bleu", events)
        federation.kill("bleu")
        offline = match(federation, "bleu", events)
        for lines in (online, offline):
            assert [line["indicator"] for line in lines[:-1]] == [added["evil.example"]], lines
            assert lines[-1]["events"] == 2 and lines[-1]["hits"] == 1, lines
        federation.start("bleu")
        federation.run("delos", "match", federation.at / "absent.ndjson", expect=1)


def a_homes_chain_is_checked_without_its_agent_and_damage_is_named():
    with Federation() as federation:
        federation.start_all()
        federation.run("delos", "incident", "open", "--title", "mail gateway is slow")
        online = federation.run("delos", "audit", "verify")
        running = federation.run("bleu", "audit", "verify", federation.at / "delos")
        federation.kill("delos")
        offline = federation.run("delos", "audit", "verify")
        assert online["ok"] and running["ok"] and offline["ok"], (online, running, offline)
        assert offline["entries"] >= online["entries"] > 0, (online, offline)
        federation.start("delos")
        assert federation.run("delos", "agent", "status")["records"] > 0


def approved_incident(federation):
    federation.run("delos", "ioc", "add", "domain", "evil.example", "--tlp", "amber", "--pap", "green")
    federation.until(lambda: federation.run("bleu", "ioc", "search", "evil.example")["indicators"], 10, "shared")
    for org in PEOPLE:
        federation.feed(org, "<34>1 2026-01-01T00:00:00Z host named - - - query: www.evil.example IN A")
        federation.until(lambda: federation.run(org, "sighting", "list")["sightings"], 10, "seen")
    federation.until(lambda: federation.run("delos", "incident", "list")["incidents"], 10, "incident")
    incident = federation.run("delos", "incident", "list")["incidents"][0]["id"]
    playbook = federation.run("delos", "playbook", "import",
                              ROOT / "playbooks/library/rhine-block.json")["playbooks"][0]
    federation.until(lambda: federation.run("bleu", "playbook", "list")["playbooks"], 10, "playbook")
    run = federation.run("delos", "playbook", "run", playbook["id"], "--incident", incident, "--var",
                         "value=evil.example")
    for org in PEOPLE:
        federation.until(lambda: len(federation.run(org, "approval", "list")["approvals"]) == 2, 10, "asks")
    for org, person in PEOPLE.items():
        for approval in federation.run(org, "approval", "list")["approvals"]:
            federation.run(org, "approve", run["run"], approval["step"], "--digest", approval["digest"],
                           "--as", person)
    federation.until(lambda: len(federation.run("delos", "effect", "list", "--active")["effects"]) >= 1, 10, "blocks")
    return incident


def an_auditor_checks_one_incident_with_nothing_but_the_file():
    with Federation() as federation:
        federation.start_all()
        incident = approved_incident(federation)
        federation.run("delos", "incident", "note", incident, "seen at the gateway")
        other = federation.run("delos", "incident", "open", "--title", "somebody else's affair")
        file = federation.at / "incident.audit"
        done = federation.run("delos", "audit", "export", incident, file)
        assert done["entries"] > 8 and file.stat().st_mode & 0o077 == 0, done
        for org in list(federation.agents):
            federation.kill(org)
        # A home that does not exist: there is no agent, no charter and no key but those in the file.
        report = federation.run("auditor", "audit", "verify", file)
        assert report["ok"] and report["entries"] == done["entries"] and report["persons"] == 4, report
        assert sorted(report["orgs"]) == sorted(PEOPLE), report
        kinds = {line["kind"] for line in report["timeline"]}
        assert {"incident", "note", "run_event", "approval", "playbook"} <= kinds, kinds
        assert other["id"] not in file.read_text() and "indicator" not in kinds, kinds

        document = json.loads(file.read_text())
        for change in (lambda d: d["entries"][2].update(record=d["entries"][3]["record"]),
                       lambda d: d["entries"][1].update(index=d["entries"][1]["index"] + 1),
                       lambda d: d["certificates"].clear() or d.update(charter=d["charter"].replace(
                           '"certificates":[', '"certificates":[],"was":[')),
                       lambda d: d.update(charter=d["charter"].replace("acceptance", "acceptancf"))):
            bad = json.loads(json.dumps(document))
            change(bad)
            file.write_text(json.dumps(bad))
            done = federation.command("auditor", "audit", "verify", file)
            answer = json.loads(done.stdout)
            assert done.returncode != 0 and "error" in answer or answer["ok"] is False, answer
        file.write_text("[]")
        federation.run("auditor", "audit", "verify", file, expect=1)
        federation.run("auditor", "audit", "verify", federation.at / "absent", expect=1)


if __name__ == "__main__":
    main([events_match_the_homes_own_indicators_whether_its_agent_runs_or_not,
          a_homes_chain_is_checked_without_its_agent_and_damage_is_named,
          an_auditor_checks_one_incident_with_nothing_but_the_file])
