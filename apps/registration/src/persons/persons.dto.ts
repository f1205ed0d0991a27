import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { PersonAssertion } from '@anamnesis/core';
import type { PendingCandidate } from '@anamnesis/store';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';

export class PendingQuery {
  @ApiPropertyOptional({ enum: ['open', 'same', 'not-same', 'settled'], default: 'open' })
  @IsIn(['open', 'same', 'not-same', 'settled'])
  state: PendingCandidate['state'] = 'open';

  @ApiPropertyOptional({ default: 100, maximum: 500 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  _count: number = 100;
}

export class AssertionsQuery {
  @ApiPropertyOptional({ enum: ['in-force', 'undone'] })
  @IsOptional()
  @IsIn(['in-force', 'undone'])
  state?: PersonAssertion['state'];

  @ApiPropertyOptional({ description: 'Key of one of the two records' })
  @IsOptional()
  @Matches(/^[a-z2-7]{32}$/)
  record?: string;

  @ApiPropertyOptional({ default: 100, maximum: 500 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  _count: number = 100;
}

export class ReasonDto {
  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  reason!: string;
}

export class PendingDecisionDto extends ReasonDto {
  @ApiProperty({ enum: ['same', 'not-same'] })
  @IsIn(['same', 'not-same'])
  decision!: 'same' | 'not-same';
}
