/** Who we are in MSH-3 and MSH-4 of what we write. */
export const ourIdentity = { application: 'ANAMNESIS', facility: 'HUB' };
