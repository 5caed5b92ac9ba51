// Stands for packages that the UI library names and no page here uses: effects on
// pictures and sound, and chat.
export class BackgroundBlurEffect {}
export class BackgroundReplacementEffect {}
export class DeepNoiseSuppressionEffect {}
export class ChatClient {}
