import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { OptionalText, Text } from '../input/fields.js';
import { storeIds } from '../stores/stores.js';

export class PlaceDto {
  @IsIn(storeIds)
  store!: string;
}

export class StepDto {
  @Text()
  step!: string;
}

/** What somebody writes in one of the mailboxes. */
export class WordsDto {
  @IsIn(['customer', 'store', 'carrier'])
  from!: string;

  @OptionalText()
  answers?: string;

  @Text({}, 50_000)
  text!: string;

  @IsOptional()
  // A form says `on`.
  @Transform(({ value }: { value: unknown }) => value === 'on' || value)
  @IsBoolean()
  spoof?: boolean;
}
