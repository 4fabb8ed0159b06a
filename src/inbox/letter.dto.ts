import { Transform } from 'class-transformer';
import { IsBoolean, IsEmail, IsOptional } from 'class-validator';
import { OptionalText, Text } from '../input/fields.js';

const MOST_CHARACTERS = 50_000;

/** What the owner of a mailbox answers. */
export class AnswerDto {
  @Text({}, MOST_CHARACTERS)
  text!: string;

  @OptionalText({}, MOST_CHARACTERS)
  html?: string;

  /** Whether somebody else writes in the owner's name: the same From, no signature. */
  @IsOptional()
  // A form says `on`.
  @Transform(({ value }: { value: unknown }) => value === 'on' || value)
  @IsBoolean()
  spoof?: boolean;
}

/** A mail of anybody's to an alias. */
export class LetterDto extends AnswerDto {
  @IsEmail({ require_tld: false })
  from!: string;

  @IsEmail({ require_tld: false })
  to!: string;

  @Text()
  subject!: string;
}
