import type { TableColumnOptions } from 'typeorm';
import { timeLength } from '../column-types.js';

type More = Partial<TableColumnOptions>;

/** Column shapes of the migrations beside this file: what both engines run alike. */
export const columns = {
  text: (name: string, length: number, more: More = {}): TableColumnOptions => ({
    name,
    type: 'varchar',
    length: String(length),
    ...more,
  }),
  time: (name: string, more: More = {}): TableColumnOptions => ({
    name,
    type: 'varchar',
    length: String(timeLength),
    ...more,
  }),
  integer: (name: string, more: More = {}): TableColumnOptions => ({ name, type: 'integer', ...more }),
  flag: (name: string): TableColumnOptions => ({ name, type: 'boolean' }),
  longText: (name: string, more: More = {}): TableColumnOptions => ({ name, type: 'text', ...more }),
  bytes: (name: string): TableColumnOptions => ({ name, type: 'blob' }),
};

export const key: More = { isPrimary: true };
export const optional: More = { isNullable: true };
