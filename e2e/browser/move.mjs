// What the pages moved.mjs and moved.cjs do with the packages that they got.
export function move({ AzureCommunicationTokenCredential, CallClient, Features, LocalVideoStream, VideoStreamRenderer }) {
  /** Joins a room with the camera, and leaves it; it gives what was seen. */
  globalThis.join = async (token, roomId) => {
    const client = new CallClient();
    const agent = await client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName: "Moved" });
    const devices = await client.getDeviceManager();
    await devices.askDevicePermission({ audio: true, video: true });
    const camera = new LocalVideoStream((await devices.getCameras())[0]);
    const view = await new VideoStreamRenderer(camera).createView();
    const call = agent.join({ roomId }, { videoOptions: { localVideoStreams: [camera] } });
    const states = [];
    const until = (state) => new Promise((resolve) => call.on("stateChanged", () => (states.push(call.state), call.state === state && resolve())));
    await until("Connected");
    const may = call.feature(Features.Capabilities).capabilities.turnVideoOn.isPresent;
    await call.hangUp();
    const reason = `${call.callEndReason.code}/${call.callEndReason.subCode}`;
    view.dispose();
    await client.dispose();
    return [...states, may, view.target.tagName, reason].join(" ");
  };
}
