import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { PersonAssertion } from '@anamnesis/core';
import type { PendingCandidate } from '@anamnesis/store';
import { IsIn, IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { ListQuery } from '../list-query.js';

export class PendingQuery extends ListQuery {
  @ApiPropertyOptional({ enum: ['open', 'same', 'not-same', 'settled'], default: 'open' })
  @IsIn(['open', 'same', 'not-same', 'settled'])
  state: PendingCandidate['state'] = 'open';
}

export class AssertionsQuery extends ListQuery {
  @ApiPropertyOptional({ enum: ['in-force', 'undone'] })
  @IsOptional()
  @IsIn(['in-force', 'undone'])
  state?: PersonAssertion['state'];

  @ApiPropertyOptional({ description: 'Key of one of the two records' })
  @IsOptional()
  @Matches(/^[a-z2-7]{32}$/)
  record?: string;
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
