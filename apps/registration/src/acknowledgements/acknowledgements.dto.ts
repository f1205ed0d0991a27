import { ApiPropertyOptional } from '@nestjs/swagger';
import type { ApplicationAck } from '@anamnesis/store';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { ListQuery } from '../list-query.js';

const states = ['waiting', 'taken', 'refused', 'given-up'] as const;

export class LeaseDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  adapter!: string;

  @IsInt()
  @Min(100)
  @Max(600_000)
  forMs!: number;
}

export class SettledDto {
  @IsString()
  @MaxLength(40)
  id!: string;

  @IsString()
  @MaxLength(16)
  answer!: string;
}

export class ResultsDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  adapter!: string;

  @IsString()
  @MaxLength(16)
  sourceId!: string;

  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => SettledDto)
  settled!: SettledDto[];

  @IsBoolean()
  isFailed!: boolean;
}

export class AcknowledgementsQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Id of a source' })
  @IsOptional()
  @IsString()
  source?: string;

  @ApiPropertyOptional({ enum: states })
  @IsOptional()
  @IsIn(states)
  state?: ApplicationAck['state'];
}
