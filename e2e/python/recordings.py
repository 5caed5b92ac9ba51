"""Recordings: the SDK's operations and downloads, as agent/recordings.mjs has them.

SDKs download from hosts of asm.skype.com only; where the application runs, such a name leads to the product, as an entry
in /etc/hosts would have it.
"""

import socket

from azure.communication.callautomation import ChannelAffinity

from media import identifier

lookup = socket.getaddrinfo


def local(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    return lookup("localhost" if name and name.endswith(".asm.skype.com") else host, *args, **kwargs)


socket.getaddrinfo = local


def parts(stream):
    """What download_recording returns is an iterable in some releases, and a response in others."""
    return stream.iter_bytes() if hasattr(stream, "iter_bytes") else stream


async def gathered(stream):
    return b"".join([part async for part in parts(await stream)])


class Recordings:
    """Needs self.client, the SDK's client."""

    def startRecording(self, values):
        options = {
            "call_connection_id": values.get("connection"),
            "server_call_id": values.get("serverCallId"),
            "group_call_id": values.get("group"),
            "room_id": values.get("room"),
            "recording_state_callback_url": values["callback"],
            "recording_content_type": values.get("content"),
            "recording_channel_type": values.get("channel"),
            "recording_format_type": values.get("format"),
            "pause_on_start": values.get("paused"),
        }
        if "ordering" in values:
            options["audio_channel_participant_ordering"] = [identifier(who) for who in values["ordering"]]
        if "affinity" in values:
            options["channel_affinity"] = [ChannelAffinity(identifier(a["participant"]), a["channel"]) for a in values["affinity"]]
        return self.client.start_recording(**{name: value for name, value in options.items() if value is not None})

    def recordingState(self, values):
        return self.client.get_recording_properties(values["recording"])

    def pauseRecording(self, values):
        return self.client.pause_recording(values["recording"])

    def resumeRecording(self, values):
        return self.client.resume_recording(values["recording"])

    def stopRecording(self, values):
        return self.client.stop_recording(values["recording"])

    def downloadRecording(self, values):
        """A file, or a part of it."""
        part = {name: values[name] for name in ("offset", "length") if name in values}
        stream = self.client.download_recording(values["url"], **part)
        return gathered(stream) if self.asynchronous else b"".join(parts(stream))

    def deleteRecording(self, values):
        return self.client.delete_recording(values["url"])
