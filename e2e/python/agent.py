"""A customer's application in Python, for the end-to-end tests: the unmodified SDKs, driven by JSON lines.

It speaks the protocol of agent/agent.mjs: {"id", "command", "arguments"} on standard input, {"reply": id, ...} and
{"event": ...} on standard output. The test takes every decision.

Environment: CONNECTION_STRING, SOUNDS (a directory of WAV files), AUDIENCE (of callbacks' tokens), and CLIENT, which
is "async" for the asynchronous clients.
"""

import asyncio
import json
import os
import sys
import threading

from commands import Commands
from streams import Streams
from tokens import TokenVerifier
from web import serve

lock = threading.Lock()


def write(line):
    with lock:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def describe(error):
    status = getattr(error, "status_code", None)
    code = getattr(getattr(error, "error", None), "code", None)
    return {"name": type(error).__name__, "message": str(error), "code": code, "statusCode": status or 0}


async def run(commands, streams, line):
    try:
        command, values = line["command"], line.get("arguments") or {}
        result = await streams.run(command, values)
        if result is NotImplemented:
            result = await commands.run(command, values)
        write({"reply": line["id"], "result": result})
    except Exception as error:  # whatever the SDK raises is the test's to judge
        write({"reply": line["id"], "error": describe(error)})


async def main():
    connection = os.environ["CONNECTION_STRING"]
    url = serve(os.environ["SOUNDS"], TokenVerifier(connection, os.environ["AUDIENCE"]), write)
    commands = Commands(connection, os.environ.get("CLIENT") == "async")
    streams = Streams(write)
    await streams.start()
    write({"event": "ready", "url": url})
    running = set()
    while text := await asyncio.to_thread(sys.stdin.readline):
        task = asyncio.create_task(run(commands, streams, json.loads(text)))
        running.add(task)
        task.add_done_callback(running.discard)
    await commands.close()


asyncio.run(main())
