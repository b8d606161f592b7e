#!/usr/bin/env python3
"""An agent that can be dialled at several addresses, of which some lead nowhere."""
from federation import Federation, main

NOWHERE = "127.0.0.1:9"


def a_card_s_addresses_are_all_taken_over_and_the_one_that_answers_is_used():
    with Federation() as federation:
        port = federation.ports["bleu"]["mesh"]
        config = federation.at / "bleu" / "agent.toml"
        text = config.read_text(encoding="utf-8")
        there = f"127.0.0.1:{port}"
        config.write_text(text.replace("# advertise = ", f'advertise = ["{NOWHERE}", "{there}"]  # '),
                          encoding="utf-8")
        refused = federation.run("bleu", "org", "card", expect=4)
        assert "addresses have changed" in refused["error"]["message"], refused
        card = federation.at / "bleu.card"
        shown = federation.run("bleu", "org", "card", "--out", card, "--root-dir",
                               federation.at / "root-bleu")
        assert shown["agents"][0]["address"] == NOWHERE, shown
        assert shown["agents"][0]["further"] == [there], shown

        added = federation.run("delos", "peer", "add", card)["peers"][0]
        assert added["addresses"] == [NOWHERE, there], added
        # Only Delos can dial: Bleu looks for it where nobody listens.
        federation.run("bleu", "peer", "add", federation.at / "delos.card", "--address", NOWHERE)
        federation.start_all()
        peer = federation.run("delos", "peer", "list")["peers"][0]
        assert (peer["state"], peer["address"]) == ("connected", there), peer
        assert peer["gateway"] is True and peer["suspect"] is False, peer


def too_many_addresses_are_one_clear_error():
    with Federation() as federation:
        config = federation.at / "bleu" / "agent.toml"
        lines = config.read_text(encoding="utf-8").splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("# advertise"))
        lines[at] = "advertise = [" + ", ".join(f'"192.0.2.1:{7000 + i}"' for i in range(9)) + "]"
        config.write_text("\n".join(lines), encoding="utf-8")
        findings = federation.run("bleu", "config", "check", expect=1)["findings"]
        assert len(findings) == 1, findings
        assert f":{at + 1}: [agent] advertise: has 9 addresses, limit 8" in findings[0]["what"], findings


if __name__ == "__main__":
    main([a_card_s_addresses_are_all_taken_over_and_the_one_that_answers_is_used,
          too_many_addresses_are_one_clear_error])
