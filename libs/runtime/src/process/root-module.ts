import { type DynamicModule, Module, type Type } from '@nestjs/common';
import type { Settings } from '../settings/settings.js';
import { BackendsModule, type BackendsOptions } from './backends.module.js';

@Module({})
class Root {}

export interface RootOptions {
  readonly name: string;
  readonly settings: Settings;
  /** Modules of the apps in this process or thread; each controller carries its full path. */
  readonly modules: readonly (Type | DynamicModule)[];
}

/** All that one process or thread is made of. */
export async function rootModule(
  { name, settings, modules }: RootOptions,
  backends: Omit<BackendsOptions, 'name'>,
): Promise<DynamicModule> {
  return { module: Root, imports: [await BackendsModule.forSettings(settings, { name, ...backends }), ...modules] };
}
