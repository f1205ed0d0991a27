import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { correctionsLimits } from '@anamnesis/core';
import { IsInt, IsNotEmpty, IsOptional, IsString, MaxLength, Min } from 'class-validator';

export class CorrectionsDto {
  @ApiProperty({ description: 'Latest version that this one follows; 0 for the first' })
  @IsInt()
  @Min(0)
  replaces!: number;

  @ApiProperty({ description: 'The file, YAML or JSON (docs/corrections.md)' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(correctionsLimits.fileBytesMax)
  file!: string;

  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  reason!: string;
}

export class CorrectionsChoiceDto {
  @ApiProperty({ description: 'Version to switch on, an older one too; 0 switches all off' })
  @IsInt()
  @Min(0)
  version!: number;

  @ApiPropertyOptional({ description: '`previewToken` of POST /messages/corrections for this very file' })
  @IsOptional()
  @IsString()
  @MaxLength(2048)
  preview?: string;

  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  reason!: string;
}
