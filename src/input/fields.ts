import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

interface About {
  description?: string;
  example?: unknown;
  default?: unknown;
  /** Unless false, the field must be there. */
  required?: boolean;
}

/** Each decorator here both checks a field and describes it on the OpenAPI page. */
const field = (about: ApiPropertyOptions, ...checks: PropertyDecorator[]): PropertyDecorator =>
  applyDecorators(ApiProperty(about), ...(about.required === false ? [IsOptional()] : []), ...checks);

/** A text that says something, at most 200 characters unless said. */
export const Text = (about: About = {}, max = 200): PropertyDecorator =>
  field(about, MaxLength(max), Matches(/\S/, { message: '$property must not be empty' }), IsString());

export const OptionalText = (about: About = {}, max?: number): PropertyDecorator =>
  Text({ ...about, required: false }, max);

/** An amount of money in cents, up to a thousand million of the currency. */
export const Cents = (about: About = {}): PropertyDecorator =>
  field({ description: 'Cents', type: 'integer', ...about }, Max(100_000_000_000), Min(0), IsInt());

export const Count = (max: number, about: About = {}): PropertyDecorator =>
  field({ type: 'integer', ...about }, Max(max), Min(1), IsInt());

export const Part = (type: () => new () => object, about: About = {}): PropertyDecorator =>
  field(about, Type(type), ValidateNested(), IsObject());

export const Parts = (type: () => new () => object, max: number, about: About = {}): PropertyDecorator =>
  field(
    { ...about, type, isArray: true },
    Type(type),
    ValidateNested({ each: true }),
    ArrayMaxSize(max),
    ArrayMinSize(1),
    IsArray(),
  );
