"""The application's own web server: its Event Grid webhook, its callbacks, and the WAV files that it has played."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, SystemEventNames


def serve(sounds, verifier, write):
    """Starts the server on a free port and returns its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            file = Path(sounds) / Path(self.path).name
            if file.is_file():
                self.answer(200, file.read_bytes(), "audio/wav")
            else:
                self.answer(404)

        def do_POST(self):
            text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                self.take(json.loads(text))
            except Exception as error:  # the test fails on it
                write({"event": "error", "path": self.path, "message": repr(error)})
                self.answer(500)

        def take(self, raw):
            kind = self.headers.get("aeg-event-type")
            if kind == "SubscriptionValidation":
                event = EventGridEvent.from_dict(raw[0])
                self.answer(200, json.dumps({"validationResponse": event.data["validationCode"]}).encode())
                return
            line = grid_event(raw) if kind else callback(raw, verifier.verify(self.headers.get("Authorization")))
            write({"path": self.path, "status": 200, "raw": raw, **line})
            self.answer(200)

        def answer(self, status, body=b"", content_type="application/json"):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def grid_event(raw):
    events = [EventGridEvent.from_dict(one) for one in raw]
    known = all(event.event_type == SystemEventNames.AcsIncomingCallEventName for event in events)
    return {"event": "grid", "known": known, "parsed": [{"data": event.data} for event in events]}


def callback(raw, claims):
    """Call Automation for Python has no parser of its own: its samples read callbacks as azure-core's CloudEvent."""
    event = CloudEvent.from_dict(raw[0])
    return {"event": "callback", "claims": claims, "parsed": {"kind": event.type.rpartition(".")[2], **event.data}}
