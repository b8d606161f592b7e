#!/usr/bin/env python3
"""Bad input to every listener: the inputs of the SIEM, the web, the mesh and the local socket.

The good items of a batch are taken, the bad ones named or counted, and the agent stays up in bounded
memory.
"""
import gzip
import http.client
import json
import socket
import struct

from federation import Federation, free_port, main
from test_bad_input import EVENT, GARBAGE, PICTURE, SECONDS_MAX, each

RSS_MAX = 300 << 20


def post(port, path, body, method="POST", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_MAX)
    try:
        connection.request(method, path, body=body,
                           headers={k.replace("_", "-"): v for k, v in headers.items()})
    except OSError:
        pass  # it was refused while it was sent; the answer lies ready
    try:
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def spoken(family, address, sent):
    """What a raw connection gets back until the other side ends it."""
    got = b""
    with socket.socket(family) as stream:
        stream.settimeout(SECONDS_MAX)
        stream.connect(address)
        try:
            stream.sendall(sent)
            stream.shutdown(socket.SHUT_WR)
            while piece := stream.recv(65536):
                got += piece
        except OSError:
            pass
    return got


RAW = {"garbage": GARBAGE, "nul": b"\0" * 3000, "empty": b"", "web": b"GET / HTTP/1.1\r\n\r\n",
       "tls": b"\x16\x03\x01\x02\x00\x01" + GARBAGE[:500], "picture": PICTURE,
       "huge": b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
       "negative": b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
       "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 9000 + b"\r\n", "prefix": b"\xff\xff\xff\xff" + GARBAGE,
       "cut": b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc", "line": b"x" * (3 << 20)}


class Listeners:
    """A federation whose Delos listens everywhere."""

    def __init__(self, federation):
        self.federation = federation
        self.ports = dict(federation.ports["delos"], udp=free_port(), ndjson=free_port())
        federation.ports["delos"] = self.ports
        self.followed = federation.at / "delos/followed.log"
        self.followed.write_bytes(b"")
        with open(federation.at / "delos/agent.toml", "a", encoding="utf-8") as config:
            for kind, port in (("syslog-udp", "udp"), ("ndjson-http", "ndjson")):
                config.write(f'\n[[input]]\nkind = "{kind}"\nlisten = "127.0.0.1:{self.ports[port]}"\n')
            config.write('\n[[input]]\nkind = "file"\npath = "followed.log"\n')
        federation.start_all()
        federation.run("delos", "ioc", "add", "domain", "evil.example", "--tlp", "green")

    def counts(self, kind):
        inputs = self.federation.run("delos", "agent", "status")["inputs"]
        return next((i["events"], i["rejected"]) for i in inputs if i["kind"] == kind)

    def takes(self, kind, send, events, rejected):
        before = self.counts(kind)
        send()
        wanted = (before[0] + events, before[1] + rejected)
        self.federation.until(lambda: self.counts(kind) == wanted, 5, (kind, wanted, self.counts(kind)))


def syslog_takes_the_good_frames_around_bad_ones():
    with Federation() as federation:
        all_ = Listeners(federation)
        tcp, udp = (("127.0.0.1", all_.ports[k]) for k in ("syslog", "udp"))
        line = EVENT + b"\n"
        framed = b"%d " % len(EVENT) + EVENT
        for sent, events, rejected in (
                (b"2000000 " + b"x" * 2000000 + line, 1, 1), (b"500 abc", 0, 1), (b"y" * (3 << 20) + b"\n" + line, 1, 1),
                (b'{"a":' * 200 + b"\n" + line, 1, 1), (b"\n\n\n", 0, 0), (framed + line + framed, 3, 0),
                (b"\xef\xbb\xbf" + line, 1, 0), (line.replace(b"host", b"caf\xe9"), 1, 0), (b"\0" * 99 + b"\n" + line, 1, 0)):
            all_.takes("syslog-tcp", lambda s=sent: spoken(socket.AF_INET, tcp, s), events, rejected)
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for sent, events, rejected in ((b"", 0, 1), (b"\0" * 99, 0, 1), (b"z" * 60000, 1, 0), (EVENT, 1, 0)):
            all_.takes("syslog-udp", lambda s=sent: sender.sendto(s, udp), events, rejected)
        sender.close()
        with open(all_.followed, "ab") as file:
            all_.takes("file", lambda: (file.write(b"\xff\xfe\0x\n" + line + b'{"cut\n' + line), file.flush()), 3, 1)
        for sent in RAW.values():
            spoken(socket.AF_INET, tcp, sent)
            spoken(socket.AF_INET, ("127.0.0.1", all_.ports["mesh"]), sent)
        seen = federation.run("delos", "sighting", "list")["sightings"]
        assert seen and seen[0]["value"] == "evil.example", seen
        status = federation.run("delos", "agent", "status")
        assert status["rss_bytes"] < RSS_MAX and status["peers"] == 1, status


def http_inputs_name_the_bad_item_and_take_the_others():
    with Federation() as federation:
        all_ = Listeners(federation)
        good = b'{"message":"www.evil.example"}'
        hec = good.replace(b"message", b"event")
        doors = {"ndjson": ("ndjson", "/"), "bulk": ("bulk", "/_bulk"), "hec": ("hec", "/services/collector/event"),
                 "raw": ("hec", "/services/collector/raw"), "site": ("http", "/edl/edl")}
        packed_wrong = (b"\x1f\x8bgarbage", gzip.compress(good * 99)[:-9], gzip.compress(b" " * (90 << 20), 1))
        for name, (door, path) in doors.items():
            port = all_.ports[door]
            bodies = [] if name == "site" else [b"", b"x" * (40 << 20)] + ([] if name == "raw" else [
                GARBAGE, b"\0" * 99, good[:9], good.decode().encode("utf-16"), b"[" * 70_000, PICTURE, b"null"])
            for body in bodies:
                status, answer = post(port, path, body)
                assert status in (400, 413) and json.loads(answer), (name, body[:20], status, answer[:200])
            for packed in packed_wrong:
                status, answer = post(port, path, packed, Content_Encoding="gzip")
                assert status in (400, 405, 413) and json.loads(answer), (name, status, answer)
            assert post(port, "/nowhere", good)[0] == 404
            assert post(port, path, None, "DELETE")[0] in (404, 405)
            for sent in RAW.values():
                answer = spoken(socket.AF_INET, ("127.0.0.1", port), sent)
                assert not answer or answer.startswith(b"HTTP/1.1 "), (name, sent[:30], answer[:100])
        ndjson, bulk, hec_port = (all_.ports[k] for k in ("ndjson", "bulk", "hec"))
        mixed = b"\xef\xbb\xbf" + good + b"\nnot json\n" + good + b'\n{"message":"caf\xe9"}\n' + good
        found = json.loads(post(ndjson, "/", mixed)[1])
        assert found["accepted"] == 3 and [r["line"] for r in found["rejected"]] == [2, 4], found
        lines = b"".join(b'{"index":{}}\n' + item + b"\n" for item in mixed.split(b"\n"))
        status, answer = post(bulk, "/_bulk", lines)
        items = [item["index"]["status"] for item in json.loads(answer)["items"]]
        assert status == 200 and json.loads(answer)["errors"] and items[1:] == [400, 201, 400, 201], answer
        status, answer = post(hec_port, "/services/collector/event", hec + b"\nnot json")
        assert status == 400 and json.loads(answer) == {"text": "Invalid data format", "code": 6,
                                                        "invalid-event-number": 1}, answer
        assert json.loads(post(hec_port, "/services/collector/event", b"")[1])["code"] == 5
        status = federation.run("delos", "agent", "status")
        assert status["rss_bytes"] < RSS_MAX, status["rss_bytes"]


VERBS = """resolve ioc.add ioc.import_chunk ioc.search ioc.show ioc.stats ioc.retract ioc.export sighting.list
sighting.dispute incident.list incident.show incident.open incident.note incident.ack incident.assign
incident.severity incident.merge incident.close incident.timeline incident.release playbook.import playbook.list
playbook.show playbook.run run.list run.show run.abort run.done approval.list approve reject effect.list effect.undo
effect.freeze effect.thaw asset.import asset.list asset.show damage.assess damage.show repair.list repair.set
audit.verify now peer.list peer.add agent.status agent.heads agent.revoke analyst.list frobnicate""".split()
ARGUMENTS = """kind id type value tlp pap to expires confidence label entries text limit why format since after order
signature analyst title name severity other file document incident var run step asset state evidence me org agent
sequence record sealed as""".split()


def the_local_socket_answers_whatever_is_asked():
    with Federation() as federation:
        federation.start("delos")
        at = str(federation.at / "delos/agent.sock")

        def framed(body):
            return struct.pack("<I", len(body)) + body

        def ask(sent):
            answers, got = [], spoken(socket.AF_UNIX, at, sent)
            while len(got) >= 4:
                size = struct.unpack("<I", got[:4])[0]
                answers.append(json.loads(got[4:4 + size]))
                got = got[4 + size:]
            return answers
        for sent in (GARBAGE, b"\x01", b"", struct.pack("<I", 64 << 20), b"\xff\xff\xff\xff"):
            assert all(not answer["ok"] and answer["error"]["message"] for answer in ask(sent))
        for body in (b"", b"abc", b"[]", b"{}", b'{"verb":1}', b'{"verb":"x.y"}', b'{"verb":' + b"[" * 70_000,
                     b'{"verb":"ioc.search","args":{"text":"caf\xe9"}}'):
            first, second = ask(framed(body) + framed(b'{"verb":"ioc.stats"}'))
            assert not first["ok"] and first["error"]["message"] and second["ok"], (body[:40], first, second)

        def odd(verb, value):
            body = json.dumps({"verb": verb, "args": {key: value for key in ARGUMENTS}}).encode()
            answers = ask(framed(body))
            assert answers, (verb, "no answer")
            assert answers[-1]["ok"] or answers[-1]["error"]["message"], answers[-1]
        each(odd, [(verb, value) for verb in VERBS for value in
                   (5, None, [], {}, "x" * 70_000, "\u0000\ud800", -1, True, [[["a"]]], {"a": {"b": 1}})])
        # Announced is not arrived: many that promise a large frame cost next to nothing.
        waiting = []
        for _ in range(40):
            waiting.append(socket.socket(socket.AF_UNIX))
            waiting[-1].connect(at)
            waiting[-1].sendall(struct.pack("<I", 60 << 20) + b"x")
        assert federation.run("delos", "agent", "status")["rss_bytes"] < RSS_MAX
        for stream in waiting:
            stream.close()


if __name__ == "__main__":
    main([syslog_takes_the_good_frames_around_bad_ones,
          http_inputs_name_the_bad_item_and_take_the_others,
          the_local_socket_answers_whatever_is_asked])
