export interface SentMessage {
  readonly code: string;
  readonly trigger: string;
}
export function messageOf(bytes: Buffer): SentMessage;
