import { correctionsLimits } from '@anamnesis/core';
import { ArrayMaxSize, IsArray, IsInt, IsNotEmpty, IsString, Max, MaxLength, Min } from 'class-validator';

/** Body of `POST /messages/corrections`. */
export class PreviewDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(16)
  sourceId!: string;

  /** YAML or JSON (docs/corrections.md). */
  @IsString()
  @IsNotEmpty()
  @MaxLength(correctionsLimits.fileBytesMax)
  file!: string;

  /** Newest stored messages of the source. */
  @IsInt()
  @Min(0)
  @Max(100)
  count: number = 20;

  /** Messages as texts, for what was refused at intake. */
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(65_536, { each: true })
  samples: string[] = [];
}
