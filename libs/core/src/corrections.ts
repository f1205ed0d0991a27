/** When a rule of a corrections file holds; all that is said must. */
export interface CorrectionCondition {
  /** Message type as it is read, local trigger events translated: `ADT^A08`, `ADT^*`. */
  readonly type?: string;
  /** `PID-8`; with `equals`. */
  readonly path?: string;
  /** The whole text there; '' where nothing stands. */
  readonly equals?: string;
}

/** A trigger event of the sender's own: `ADT^Z01` is to be read as `ADT^A08`. */
export interface TriggerCorrection {
  readonly trigger: string;
  readonly means: string;
}

/** One change of the view that is mapped; the bytes as received stay what they are. Paths: `PID-3`, `PID-3[2].4.1`. */
export type CorrectionRule =
  | { readonly move: string; readonly to: string; readonly when?: CorrectionCondition }
  | { readonly copy: string; readonly to: string; readonly when?: CorrectionCondition }
  | { readonly default: string; readonly value: string; readonly when?: CorrectionCondition }
  | {
      readonly pattern: string;
      readonly find: string;
      readonly replace: string;
      readonly when?: CorrectionCondition;
    };

/** A field of a Z segment that says an element of a resource which the message states anyway. */
export interface ZSegmentCorrection {
  /** `ZPD-3` */
  readonly from: string;
  /** `Patient.maritalStatus` */
  readonly to: string;
  /** Type of the value, where the element leaves it open: that of an extension. */
  readonly as?: string;
  /** Of an extension. */
  readonly url?: string;
  /** Of an identifier or a code. */
  readonly system?: string;
  /** What the sender's values mean; with it, a value that is not here is not used. */
  readonly codes?: Readonly<Record<string, string>>;
  readonly when?: CorrectionCondition;
}

/** One version of what is put right of a sender that cannot be changed. */
export interface Corrections {
  /** From 1, per source. */
  readonly version: number;
  /** SHA-256 of the file, lower-case hex. */
  readonly digest: string;
  /** Applied first. */
  readonly triggers: readonly TriggerCorrection[];
  /** Applied then, in this order. */
  readonly rules: readonly CorrectionRule[];
  /** Read when the message is mapped. */
  readonly zSegments: readonly ZSegmentCorrection[];
}

/** Of a corrections file. It travels whole with the facts of its source. */
export const correctionsLimits = { fileBytesMax: 65_536, rulesMax: 200, triggersMax: 100, zSegmentsMax: 100 } as const;

/** What corrections did to the message of an event; beside the name and version of its mapping. */
export interface AppliedCorrections {
  readonly version: number;
  /** Rules that changed something; 0 where the message needed none. */
  readonly changes: number;
}
