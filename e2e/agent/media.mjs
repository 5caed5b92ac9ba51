// Commands of media: what a call hears, and what is heard of it.
import { createIdentifierFromRawId } from "@azure/communication-common";

import { recognizeArguments } from "./callautomation.mjs";

const identifier = (rawId) => createIdentifierFromRawId(rawId);
const file = (url, cacheId) => ({ kind: "fileSource", url, playSourceCacheId: cacheId });
const files = (urls, cacheId) => urls.map((url) => file(url, cacheId));

// spoken is a source of text or of SSML.
const spoken = ({ text, locale, voice, ssml }) =>
  ssml ? { kind: "ssmlSource", ssmlText: ssml } : { kind: "textSource", text, sourceLocale: locale, voiceName: voice };

// source is a file, a text or a document of SSML.
export const source = (values) => (values.url ? file(values.url, values.cacheId) : spoken({ locale: "en-US", ...values }));

// kinds are the SDK's names of options, by what is recognized.
const kinds = {
  dtmf: "callMediaRecognizeDtmfOptions",
  choices: "callMediaRecognizeChoiceOptions",
  speech: "callMediaRecognizeSpeechOptions",
  speechOrDtmf: "callMediaRecognizeSpeechOrDtmfOptions",
};

export function media(client) {
  const of = ({ connection: id }) => client.getCallConnection(id).getCallMedia();
  const common = ({ operationContext, operationCallback }) => ({
    operationContext,
    operationCallbackUrl: operationCallback,
  });
  return {
    playToAll: (values) =>
      of(values).playToAll(files(values.urls, values.cacheId), {
        ...common(values),
        loop: values.loop,
        interruptCallMediaOperation: values.interrupt,
      }),
    // Says a text or a document of SSML to all.
    say: (values) => of(values).playToAll([spoken(values)], common(values)),
    // Plays files and texts, to all or to some.
    playSources: ({ sources, targets, loop, interrupt, ...values }) =>
      targets
        ? of(values).play(sources.map(source), targets.map(identifier), { ...common(values), loop, interruptCallMediaOperation: interrupt })
        : of(values).playToAll(sources.map(source), { ...common(values), loop, interruptCallMediaOperation: interrupt }),
    recognize: (values) =>
      of(values).startRecognizing(identifier(values.target), {
        ...common(values),
        kind: kinds[values.input],
        choices: values.choices,
        maxTonesToCollect: values.maxTones,
        speechLanguage: values.language,
        endSilenceTimeoutInSeconds: values.endSilence,
        initialSilenceTimeoutInSeconds: values.initialSilence,
        playPrompt: values.prompt && source(values.prompt),
        interruptPrompt: values.interruptPrompt,
      }),
    recognizeSpeech: (values) =>
      of(values).startRecognizing(identifier(values.target), {
        ...common(values),
        kind: values.choices ? "callMediaRecognizeChoiceOptions" : "callMediaRecognizeSpeechOptions",
        choices: values.choices,
        speechLanguage: values.language,
        endSilenceTimeoutInSeconds: values.endSilence,
        initialSilenceTimeoutInSeconds: values.initialSilence,
        playPrompt: values.text && spoken(values),
        interruptPrompt: values.interruptPrompt,
      }),
    play: (values) =>
      of(values).play(files(values.urls, values.cacheId), values.targets.map(identifier), {
        ...common(values),
        loop: values.loop,
      }),
    recognizeDtmf: (values) =>
      of(values).startRecognizing(
        ...recognizeArguments(identifier(values.target), {
          ...common(values),
          kind: "callMediaRecognizeDtmfOptions",
          maxTonesToCollect: values.maxTones,
          stopDtmfTones: values.stopTones,
          interToneTimeoutInSeconds: values.interTone,
          initialSilenceTimeoutInSeconds: values.initialSilence,
          playPrompt: values.prompt && files([values.prompt])[0],
          interruptPrompt: values.interruptPrompt,
        }),
      ),
    sendDtmf: (values) => of(values).sendDtmfTones(values.tones, identifier(values.target), common(values)),
    cancelAll: (values) => of(values).cancelAllOperations(),
    startTranscription: (values) => of(values).startTranscription({ locale: values.locale, ...common(values) }),
    updateTranscription: (values) => of(values).updateTranscription(values.locale, common(values)),
    stopTranscription: (values) => of(values).stopTranscription(common(values)),
    startStreaming: (values) => of(values).startMediaStreaming(common(values)),
    stopStreaming: (values) => of(values).stopMediaStreaming(common(values)),
  };
}
