"""A phone menu, as app.mjs, in Python: it answers a call, plays a tone, collects keys until #,
sends two keys back and hangs up. It is an ordinary Azure Communication Services application; only
its connection string is not from Azure."""

import json
import math
import os
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from azure.communication.callautomation import CallAutomationClient, CommunicationUserIdentifier, DtmfTone, FileSource, PhoneNumberIdentifier, RecognizeInputType

PORT = 3000
HERE = f"http://127.0.0.1:{PORT}"
client = CallAutomationClient.from_connection_string(os.environ["CONNECTION_STRING"])
callers = {}  # callConnectionId -> who called


def caller(raw_id):
    """Who calls, by a raw id: a phone number, or a user, such as the softphone of the console."""
    return PhoneNumberIdentifier(raw_id[2:]) if raw_id.startswith("4:") else CommunicationUserIdentifier(raw_id)


def incoming(event):
    """1. Event Grid announces an incoming call: answer it. Who calls comes back with CallConnected."""
    data = event["data"]
    if event["eventType"] == "Microsoft.EventGrid.SubscriptionValidationEvent":
        return {"validationResponse": data["validationCode"]}
    client.answer_call(data["incomingCallContext"], f"{HERE}/callbacks", operation_context=data["from"]["rawId"])


def callback(event):
    """2. Call Automation reports what happens in the call: take the next step."""
    data, kind = event["data"], event["type"].removeprefix("Microsoft.Communication.")
    print(kind, data.get("resultInformation", {}).get("message"), flush=True)
    call, connection = data["callConnectionId"], client.get_call_connection(data["callConnectionId"])
    if kind == "CallConnected":
        callers[call] = caller(data["operationContext"])
        connection.start_recognizing_media(RecognizeInputType.DTMF, callers[call], dtmf_max_tones_to_collect=8, dtmf_stop_tones=[DtmfTone.POUND],
                                           play_prompt=FileSource(f"{HERE}/prompt.wav"), initial_silence_timeout=10)
    elif kind == "RecognizeCompleted":
        print("keys:", *data["dtmfResult"]["tones"], flush=True)
        connection.send_dtmf_tones([DtmfTone.ONE, DtmfTone.POUND], callers[call])
    elif kind in ("RecognizeFailed", "SendDtmfTonesCompleted", "SendDtmfTonesFailed"):
        connection.hang_up(is_for_everyone=True)


def prompt():
    """Two seconds of 440 Hz, 16 kHz, 16 bits, mono."""
    samples = b"".join(struct.pack("<h", round(8000 * math.sin(2 * math.pi * 440 * i / 16000))) for i in range(32000))
    return struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVEfmt ", 16, 1, 1, 16000, 32000, 2, 16, b"data", len(samples)) + samples


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, "audio/wav", prompt())

    def do_POST(self):
        [event] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))  # both send an array with one event
        try:
            answer = incoming(event) if self.path == "/events" else callback(event)
            self.answer(200, "application/json", json.dumps(answer or {}).encode())
        except Exception as error:
            print(error, flush=True)
            self.answer(500, "text/plain", b"")

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    print(f"listening on {HERE}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
