import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { plainToInstance, Type } from 'class-transformer';
import {
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsNotEmpty,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
  validateSync,
} from 'class-validator';

/** An organisation of a Fabric channel, as `FABRIC_ORGANISATIONS_FILE` names it. */
class Entry {
  @IsNotEmpty()
  @MaxLength(64)
  name!: string;

  /** MSH-4 of the senders whose events are anchored in its name. */
  @IsString({ each: true })
  facilities: string[] = [];

  /** Takes the events of every facility that no organisation names. */
  @IsBoolean()
  isDefault = false;

  /** A peer of its own. */
  @Matches(/^[^\s:]+:\d{1,5}$/, { message: 'peer must be host:port' })
  peer!: string;

  @IsNotEmpty()
  @MaxLength(64)
  mspId!: string;

  @IsNotEmpty()
  peerTlsCaFile!: string;

  @IsNotEmpty()
  certificateFile!: string;

  @IsNotEmpty()
  keyFile!: string;
}

class OrganisationsFile {
  @IsArray()
  @ArrayMinSize(1)
  @ValidateNested({ each: true })
  @Type(() => Entry)
  organisations!: Entry[];
}

/** With what its files hold, PEM. */
export interface FabricOrganisation extends Pick<Entry, 'name' | 'facilities' | 'isDefault' | 'peer' | 'mspId'> {
  readonly peerTlsCa: string;
  readonly certificate: string;
  readonly privateKey: string;
}

/** Reads the file and those it names. Throws, naming the place and the rule, for anything that is not right. */
export function readFabricOrganisations(path: string): readonly FabricOrganisation[] {
  const file = plainToInstance(OrganisationsFile, JSON.parse(readFileSync(path, 'utf8')) as object, {
    exposeDefaultValues: true,
  });
  const faults = validateSync(file, { whitelist: true, forbidNonWhitelisted: true }).map((error) =>
    error.toString(false, false, '', true).trim(),
  );
  if (faults.length > 0) throw new Error(`${path}: ${faults.join('; ')}`);
  return file.organisations.map(({ name, facilities, isDefault, peer, mspId, ...files }) => ({
    ...{ name, facilities, isDefault, peer, mspId },
    peerTlsCa: readFileSync(files.peerTlsCaFile, 'utf8'),
    certificate: readFileSync(files.certificateFile, 'utf8'),
    privateKey: readFileSync(files.keyFile, 'utf8'),
  }));
}
