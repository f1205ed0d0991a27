import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** Parameters of `GET /messages`; all of them must hold. */
export class MessagesQuery {
  /** MSH-10. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  controlId?: string;

  @IsOptional()
  @IsString()
  @MaxLength(255)
  facility?: string;

  @IsOptional()
  @IsString()
  @MaxLength(255)
  application?: string;

  /** Patient identifier, `value` (any system) or `system|value`. Not for operators. */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  identifier?: string;

  @IsOptional()
  @IsIn(['refused', 'certified', 'anchored', 'test'])
  state?: 'refused' | 'certified' | 'anchored' | 'test';

  /** Received at or after the start of this date or instant. */
  @IsOptional()
  @IsString()
  since?: string;

  /** Received at or before the end of this date or instant. */
  @IsOptional()
  @IsString()
  until?: string;

  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  _count: number = 100;

  /** From the `next` link. */
  @IsOptional()
  @IsString()
  _cursor?: string;
}
