// How features are asked for.

/** A feature of something. `feature(X)` returns the same object each time. */
export interface Feature {
  readonly name: string;
  /** Does nothing: a feature lives as long as what it is of. */
  dispose(): void;
}
export interface CallFeature extends Feature {
  readonly featureOf?: "Call";
}
export interface CallClientFeature extends Feature {
  readonly featureOf?: "CallClient";
}
export interface CallAgentFeature extends Feature {
  readonly featureOf?: "CallAgent";
}
export interface StreamFeature extends Feature {
  readonly featureOf?: "Stream";
}
/** Names a feature; compared by identity. The type parameter is what `feature` returns. */
export interface FeatureFactory<T> {
  readonly featureName: string;
  /** Only for the compiler; undefined at run time. */
  readonly __type?: T;
}
export interface CallFeatureFactory<T extends CallFeature> extends FeatureFactory<T> {
  readonly on?: "Call";
}
export interface CallClientFeatureFactory<T extends CallClientFeature> extends FeatureFactory<T> {
  readonly on?: "CallClient";
}
export interface CallAgentFeatureFactory<T extends CallAgentFeature> extends FeatureFactory<T> {
  readonly on?: "CallAgent";
}
export interface StreamFeatureFactory<T extends StreamFeature> extends FeatureFactory<T> {
  readonly on?: "Stream";
}
