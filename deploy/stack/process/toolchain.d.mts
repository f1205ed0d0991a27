/** A service cannot be provided on this machine; the message says what to install. */
export class MissingToolchain extends Error {}
