"""The application's end of media streams and transcriptions: a WebSocket server."""

import base64
import json

from aiohttp import WSMsgType, web


class Streams:
    def __init__(self, write):
        self.write = write
        self.streams = {}  # by path, the newest

    async def start(self):
        app = web.Application()
        app.router.add_get("/{path:.*}", self.serve)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"ws://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"

    async def serve(self, request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        stream = self.streams[request.path] = {"socket": socket, "headers": dict(request.headers), "kinds": [], "audio": bytearray(), "texts": [], "tones": ""}
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                self.take(stream, json.loads(message.data))
        self.write({"event": "streamClosed", "path": request.path})
        return socket

    @staticmethod
    def take(stream, message):
        kind = message["kind"]
        stream["kinds"].append(kind)
        match kind:
            case "AudioMetadata":
                stream["metadata"] = message["audioMetadata"]
            case "AudioData":
                stream["audio"] += base64.b64decode(message["audioData"]["data"])
            case "DtmfData":
                stream["tones"] += message["dtmfData"]["data"]
            case "TranscriptionData":
                stream["texts"].append(message["transcriptionData"])

    def streamed(self, values):
        stream = self.streams[values["path"]]
        return {
            "kinds": stream["kinds"][:10],
            "frames": stream["kinds"].count("AudioData"),
            "tones": stream["tones"],
            "texts": stream["texts"],
            "metadata": stream.get("metadata"),
            "sound": {"": base64.b64encode(stream["audio"]).decode()},
        }

    async def run(self, name, values):
        """The commands of agent/streams.mjs; NotImplemented for others."""
        match name:
            case "streamAddress":
                return {"url": self.url + values["path"]}
            case "streamed":
                return self.streamed(values)
            case "streamSay":
                return await self.send(values, {"kind": "AudioData", "audioData": {"data": values["sound"]}})
            case "streamStop":
                return await self.send(values, {"kind": "StopAudio", "stopAudio": {}})
        return NotImplemented

    async def send(self, values, message):
        await self.streams[values["path"]]["socket"].send_str(json.dumps(message))
