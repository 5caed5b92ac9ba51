"""Commands of media: what a call hears, and what is heard of it. Names of the SDK are looked up when they are used: old releases lack some."""

from azure.communication import callautomation as sdk


def identifier(raw_id):
    if raw_id.startswith("4:"):
        return sdk.PhoneNumberIdentifier(raw_id[2:])
    return sdk.CommunicationUserIdentifier(raw_id)


def context(values):
    options = {"operation_context": values.get("operationContext")}
    if callback := values.get("operationCallback"):
        options["operation_callback_url"] = callback
    return options


def source(values):
    """A file, a text or a document of SSML."""
    if url := values.get("url"):
        return sdk.FileSource(url, play_source_cache_id=values.get("cacheId"))
    if ssml := values.get("ssml"):
        return sdk.SsmlSource(ssml_text=ssml)
    return sdk.TextSource(text=values["text"], source_locale=values.get("locale", "en-US"), voice_name=values.get("voice"))


def streaming(values):
    return values and sdk.MediaStreamingOptions(
        transport_url=values["transportUrl"],
        transport_type=sdk.StreamingTransportType.WEBSOCKET,
        content_type=sdk.MediaStreamingContentType.AUDIO,
        audio_channel_type=values["audioChannelType"],
        start_media_streaming=values["startMediaStreaming"],
        enable_bidirectional=True,
        enable_dtmf_tones=True,
        audio_format=sdk.AudioFormat.PCM16_K_MONO,
    )


def transcription(values):
    return values and sdk.TranscriptionOptions(
        transport_url=values["transportUrl"],
        transport_type=sdk.StreamingTransportType.WEBSOCKET,
        locale=values["locale"],
        start_transcription=values["startTranscription"],
    )


def sockets(values):
    """Options of media streaming and transcription; old releases know neither."""
    options = {"media_streaming": streaming(values.get("streaming")), "transcription": transcription(values.get("transcription"))}
    return {name: value for name, value in options.items() if value}


class Media:
    """Needs self.connection, which gives the SDK's client of a call."""

    def playSources(self, values):
        sources = [source(one) for one in values["sources"]]
        options = {"loop": values.get("loop", False), **context(values)}
        if values.get("interrupt"):
            options["interrupt_call_media_operation"] = True
        if targets := values.get("targets"):
            return self.connection(values).play_media(sources, [identifier(one) for one in targets], **options)
        return self.connection(values).play_media_to_all(sources, **options)

    def recognize(self, values):
        choices = values.get("choices")
        return self.connection(values).start_recognizing_media(
            values["input"],
            identifier(values["target"]),
            play_prompt=source(values["prompt"]) if "prompt" in values else None,
            interrupt_prompt=values.get("interruptPrompt", False),
            initial_silence_timeout=values.get("initialSilence"),
            end_silence_timeout=values.get("endSilence"),
            dtmf_max_tones_to_collect=values.get("maxTones"),
            dtmf_stop_tones=values.get("stopTones"),
            speech_language=values.get("language"),
            choices=choices and [sdk.RecognitionChoice(**one) for one in choices],
            **context(values),
        )

    def cancelAll(self, values):
        return self.connection(values).cancel_all_media_operations()

    def hold(self, values):
        music = values.get("music")
        return self.connection(values).hold(identifier(values["target"]), play_source=music and source(music), **context(values))

    def unhold(self, values):
        return self.connection(values).unhold(identifier(values["target"]), **context(values))

    def startStreaming(self, values):
        return self.connection(values).start_media_streaming(**context(values))

    def stopStreaming(self, values):
        return self.connection(values).stop_media_streaming(**context(values))

    def startTranscription(self, values):
        return self.connection(values).start_transcription(locale=values["locale"], **context(values))

    def updateTranscription(self, values):
        return self.connection(values).update_transcription(locale=values["locale"], **context(values))

    def stopTranscription(self, values):
        return self.connection(values).stop_transcription(**context(values))
