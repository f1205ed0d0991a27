import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { codeRowsMax } from '@anamnesis/core';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

const uri = /^(https?:\/\/|urn:)\S+$/;

export class StandardCodingDto {
  @ApiProperty({ description: 'URI of the code system, `http://loinc.org`' })
  @Matches(uri)
  @MaxLength(255)
  system!: string;

  @ApiProperty()
  @IsString()
  @Matches(/^\S+( \S+)*$/)
  @MaxLength(64)
  code!: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  display?: string;
}

export class CodeTranslationDto {
  @ApiProperty({ description: 'System of the local code as served, `urn:anamnesis:MPK:L`' })
  @Matches(/^urn:anamnesis:\S+$/)
  @MaxLength(255)
  system!: string;

  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  code!: string;

  @ApiProperty({ type: StandardCodingDto })
  @IsObject()
  @ValidateNested()
  @Type(() => StandardCodingDto)
  to!: StandardCodingDto;
}

export class CodeTableDto {
  @ApiProperty({ description: 'Version that this one replaces; 0 for the first' })
  @IsInt()
  @Min(0)
  replaces!: number;

  @ApiProperty({ type: [CodeTranslationDto], description: 'The whole table' })
  @IsArray()
  @ArrayMaxSize(codeRowsMax)
  @ValidateNested({ each: true })
  @Type(() => CodeTranslationDto)
  rows!: CodeTranslationDto[];

  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  reason!: string;
}

export class CodeTableQuery {
  @ApiPropertyOptional({ description: 'Latest when absent' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  version?: number;
}
