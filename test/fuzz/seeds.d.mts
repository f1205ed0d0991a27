export const seeds: Readonly<Record<'frames' | 'message' | 'charset', readonly Uint8Array[]>>;
