/** An object that is not what its digest says: no object at all, or one of which a byte differs. */
export class ContentFault extends Error {
  override readonly name = 'ContentFault';

  constructor(readonly fault: 'missing' | 'altered') {
    super(fault === 'missing' ? 'the stored content is missing' : 'the stored content was altered');
  }
}
