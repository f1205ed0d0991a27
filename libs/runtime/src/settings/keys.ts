import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readOrMake } from './key-file.js';
import type { Settings } from './settings.js';

const keyBytes = 32;

/** The deployment's secrets. Embedded makes its key files itself; elsewhere they must be given. */
export class Keys {
  private constructor(
    /** Under which ids, record keys and resource ids are derived. Never changes in the life of a deployment. */
    readonly deploymentKey: Uint8Array,
    /** Key-encryption key: wraps every key that is stored. */
    readonly kek: Uint8Array,
    /** What one app of the deployment shows another. */
    readonly serviceToken: string,
  ) {}

  static async open(settings: Settings): Promise<Keys> {
    const mayMake = settings.PROFILE === 'embedded';
    const directory = join(settings.DATA_DIR, 'keys');
    const deploymentKey = await readKey(settings.DEPLOYMENT_KEY_FILE ?? join(directory, 'deployment.key'), mayMake);
    const kek = await readKey(settings.KEK_FILE ?? join(directory, 'kek.key'), mayMake);
    return Keys.of(deploymentKey, kek);
  }

  static of(deploymentKey: Uint8Array, kek: Uint8Array): Keys {
    return new Keys(
      deploymentKey,
      kek,
      createHmac('sha256', deploymentKey).update('service-token').digest('base64url'),
    );
  }
}

async function readKey(path: string, mayMake: boolean): Promise<Uint8Array> {
  const text = await readOrMake(path, { mayMake, make: () => `${randomBytes(keyBytes).toString('hex')}\n` });
  if (!/^[0-9a-f]{64}\s*$/.test(text)) throw new Error(`${path}: a key file holds 64 hexadecimal digits`);
  return Buffer.from(text.trim(), 'hex');
}
