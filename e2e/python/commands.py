"""What a test may tell the application to do: one call of the SDK each."""

import asyncio
import base64
import inspect
from importlib.metadata import version

from azure.communication import callautomation
from azure.communication.callautomation import (
    CallConnectionProperties,
    CallParticipant,
    FileSource,
    PhoneNumberIdentifier,
    RecognizeInputType,
)

from media import Media, context, identifier, sockets
from recordings import Recordings

# The release 1.0 names a callee and the number that it sees in one object, all later ones apart.
FIRST_RELEASE = version("azure-communication-callautomation").startswith("1.0.")


def invite(values):
    """Arguments that name a callee."""
    target = identifier(values["target"])
    number = values.get("callerNumber")
    options = {
        "source_caller_id_number": PhoneNumberIdentifier(number) if number else None,
        "source_display_name": values.get("displayName"),
    }
    if FIRST_RELEASE:
        return {"target_participant": callautomation.CallInvite(target, **options)}
    return {"target_participant": target, **options}


class Commands(Media, Recordings):
    """The SDK's clients, synchronous or asynchronous. The commands have the names of agent/commands.mjs."""

    def __init__(self, connection_string, asynchronous):
        self.asynchronous = asynchronous
        if asynchronous:
            from azure.communication.callautomation.aio import CallAutomationClient
            from azure.communication.identity.aio import CommunicationIdentityClient
        else:
            from azure.communication.callautomation import CallAutomationClient
            from azure.communication.identity import CommunicationIdentityClient
        self.client = CallAutomationClient.from_connection_string(connection_string)
        self.identity = CommunicationIdentityClient.from_connection_string(connection_string)

    async def run(self, name, values):
        command = getattr(self, name)
        if self.asynchronous:
            return tell(await finish(command(values)))
        return tell(await asyncio.to_thread(lambda: pages(command(values))))

    async def close(self):
        if self.asynchronous:
            await self.client.close()
            await self.identity.close()

    def connection(self, values):
        return self.client.get_call_connection(values["connection"])

    def createUser(self, values):
        return self.identity.create_user()

    def createUserAndToken(self, values):
        return self.identity.create_user_and_token(values["scopes"])

    def create(self, values):
        return self.client.create_call(**invite(values), callback_url=values["callback"], **context(values), **sockets(values))

    def answer(self, values):
        return self.client.answer_call(values["context"], values["callback"], **sockets(values))

    def redirect(self, values):
        return self.client.redirect_call(values["context"], identifier(values["target"]))

    def getCallProperties(self, values):
        return self.connection(values).get_call_properties()

    def listParticipants(self, values):
        return self.connection(values).list_participants()

    def getParticipant(self, values):
        return self.connection(values).get_participant(identifier(values["participant"]))

    def hangUp(self, values):
        return self.connection(values).hang_up(values["forEveryone"])

    def add(self, values):
        return self.connection(values).add_participant(**invite(values), **context(values))

    def mute(self, values):
        return self.connection(values).mute_participant(identifier(values["target"]), **context(values))

    def transfer(self, values):
        return self.connection(values).transfer_call_to_participant(identifier(values["target"]), **context(values))

    def playToAll(self, values):
        (url,) = values["urls"]  # old releases warn of lists
        return self.connection(values).play_media_to_all(FileSource(url), **context(values))

    def recognizeDtmf(self, values):
        return self.connection(values).start_recognizing_media(
            RecognizeInputType.DTMF,
            identifier(values["target"]),
            play_prompt=FileSource(values["prompt"]),
            interrupt_prompt=values["interruptPrompt"],
            dtmf_max_tones_to_collect=values["maxTones"],
            dtmf_stop_tones=values["stopTones"],
            **context(values),
        )

    def sendDtmf(self, values):
        return self.connection(values).send_dtmf_tones(values["tones"], identifier(values["target"]), **context(values))

    def startTones(self, values):
        return self.connection(values).start_continuous_dtmf_recognition(identifier(values["target"]), **context(values))

    def stopTones(self, values):
        return self.connection(values).stop_continuous_dtmf_recognition(identifier(values["target"]), **context(values))


async def finish(result):
    if hasattr(result, "__aiter__"):
        return [item async for item in result]
    return await result if inspect.isawaitable(result) else result


def pages(result):
    return list(result) if hasattr(result, "by_page") else result


def tell(result):
    """The SDK's results, as the JavaScript SDK has them."""
    match result:
        case list():
            return [tell(item) for item in result]
        case CallConnectionProperties():
            return {
                "callConnectionId": result.call_connection_id,
                "serverCallId": result.server_call_id,
                "callConnectionState": result.call_connection_state,
                "correlationId": result.correlation_id,
            }
        case CallParticipant():
            return {"identifier": {"phoneNumber": result.identifier.properties.get("value")}, "isMuted": result.is_muted, "isOnHold": getattr(result, "is_on_hold", None)}
        case bytes():
            return {"content": base64.b64encode(result).decode()}
        case (user, token):
            return {"user": {"communicationUserId": user.raw_id}, "token": token.token, "expiresOn": token.expires_on}
    if recording_id := getattr(result, "recording_id", None):
        return {"recordingId": recording_id, "recordingState": result.recording_state, "recordingKind": result.recording_kind}
    if raw_id := getattr(result, "raw_id", None):
        return {"communicationUserId": raw_id}
    return None
