import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, closeSync, fsyncSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const newToken = () => randomBytes(32).toString('base64url');
const newKey = () => `${randomBytes(32).toString('hex')}\n`;
const roles = ['admin', 'clinician', 'sender', 'integrator'];
const newTokens = () => `${JSON.stringify(Object.fromEntries(roles.map((role) => [role, newToken()])), null, 2)}\n`;

const files = {
  DEPLOYMENT_KEY_FILE: { name: 'deployment.key', make: newKey },
  KEK_FILE: { name: 'kek.key', make: newKey },
  TOKENS_FILE: { name: 'tokens.json', make: newTokens },
};

/** The secrets that every process of the deployment has to agree on, made once, and the folder of documents that they share; gives back the settings that name them. */
export function sharedKeys(directory) {
  const place = join(directory, 'keys');
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const shared = Object.fromEntries(
    Object.entries(files).map(([setting, { name, make }]) => {
      const path = join(place, name);
      if (!existsSync(path)) writeDurably(path, make());
      return [setting, path];
    }),
  );
  return { ...shared, CONTENT_DIR: process.env.CONTENT_DIR ?? join(directory, 'content') };
}

/** On disk before anything is sealed under it. */
function writeDurably(path, content) {
  const file = openSync(`${path}.draft`, 'w', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.draft`, path);
}
