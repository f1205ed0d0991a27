/** Decrypts a page in place; `pageKey` is that of the file with the number of the page in it. */
export type PageCipher = (pageKey: Uint8Array, page: Uint8Array) => void;
