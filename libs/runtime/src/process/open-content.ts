import { join } from 'node:path';
import { ContentStore } from '@anamnesis/content';
import type { Keys } from '../settings/keys.js';
import type { Settings } from '../settings/settings.js';

/**
 * The content store that the settings name, for an app that puts objects into it or for one that reads them. Throws, naming
 * the setting, where it cannot be used: an app that could not keep or show a document does not start.
 */
export async function openContent(
  settings: Settings,
  { deploymentKey, kek }: Pick<Keys, 'deploymentKey' | 'kek'>,
  role: 'writer' | 'reader',
): Promise<ContentStore> {
  const directory = directoryOf(settings);
  // In one process nobody else is writing when it starts; in a cluster somebody may be.
  const temporary = settings.PROFILE === 'embedded' ? { temporaryMsMax: 0 } : {};
  try {
    return await ContentStore.open({ directory, deploymentKey, kek, role, ...temporary });
  } catch (error) {
    const use = role === 'writer' ? 'written and read' : 'read';
    throw new Error(`wrong settings: CONTENT_DIR cannot be ${use}: ${directory}`, { cause: error });
  }
}

function directoryOf({ CONTENT_DIR, DATA_DIR, PROFILE }: Settings): string {
  if (CONTENT_DIR !== undefined) return CONTENT_DIR;
  if (PROFILE === 'cluster') throw new Error('wrong settings: CONTENT_DIR must be set for PROFILE=cluster');
  return join(DATA_DIR, 'content');
}
