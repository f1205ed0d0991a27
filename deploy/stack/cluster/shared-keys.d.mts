/** The secrets that every process of the deployment has to agree on, made once, and the folder of documents that they share; gives back the settings that name them. */
export function sharedKeys(
  directory: string,
): Readonly<Record<'DEPLOYMENT_KEY_FILE' | 'KEK_FILE' | 'TOKENS_FILE' | 'CONTENT_DIR', string>>;
