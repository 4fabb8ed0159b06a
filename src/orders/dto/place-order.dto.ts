import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsObject, IsOptional, Matches } from 'class-validator';
import { Cents, Count, OptionalText, Part, Parts, Text } from '../../input/fields.js';

const optional = { required: false };
/** Longer than any address that works (RFC 5321 §4.5.3.1.3: 254), since broken ones come too. */
const LONGEST_ADDRESS = 1000;

export class ClientProfileDto {
  // Marketplaces send addresses that are broken. Such an order is still an order: only a missing address is refused.
  @Text({ example: 'juan@customer.example' }, LONGEST_ADDRESS)
  email!: string;

  @OptionalText({ example: 'Juan' })
  firstName?: string;

  @OptionalText({ example: 'Valdez' })
  lastName?: string;

  @OptionalText({ example: '+12025550123' })
  phone?: string;

  @OptionalText({ example: 'passport' })
  documentType?: string;

  @OptionalText()
  document?: string;
}

export class ItemDto {
  @Text({ example: '18' })
  id!: string;

  @Text({ example: 'Coffee, 500 g' })
  name!: string;

  @Count(10_000, { example: 2 })
  quantity!: number;

  @Cents({ example: 1290 })
  price!: number;

  @OptionalText()
  refId?: string;

  @OptionalText({}, 2000)
  imageUrl?: string;
}

export class AddressDto {
  @OptionalText()
  receiverName?: string;

  @Text()
  street!: string;

  @OptionalText()
  number?: string;

  @OptionalText()
  complement?: string;

  @OptionalText()
  neighborhood?: string;

  @Text()
  city!: string;

  @OptionalText()
  state?: string;

  @Text({}, 20)
  postalCode!: string;

  @ApiPropertyOptional({ description: 'ISO 3166-1 alpha-3; the store’s country unless said', example: 'USA' })
  @IsOptional()
  @Matches(/^[A-Z]{3}$/)
  country?: string;
}

export class ShippingDto {
  @Part(() => AddressDto, optional)
  address?: AddressDto;

  @Cents({ ...optional, example: 500 })
  price?: number;
}

export class PaymentDto {
  @Text({ example: 'Visa' })
  paymentSystemName!: string;

  @Count(120, optional)
  installments?: number;
}

export class ClientPreferencesDto {
  @ApiPropertyOptional({ description: 'BCP 47; the store’s locale unless said', example: 'en-US' })
  @IsOptional()
  @Matches(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/)
  locale?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  optinNewsLetter?: boolean;
}

export class SellerDto {
  @Text({ example: '1' }, 64)
  id!: string;

  @Text({ example: 'Roasters' })
  name!: string;

  @OptionalText({ example: 'sales@roasters.example' }, LONGEST_ADDRESS)
  email?: string;
}

export class OpenTextFieldDto {
  @Text({ example: 'Please ring twice' }, 4000)
  value!: string;
}

export class MarketplaceDto {
  @Text({ example: 'Bazaar' })
  name!: string;

  @OptionalText({}, 2000)
  baseURL?: string;
}

export class CallCenterOperatorDto {
  @Text({ example: 'sam@shop.example' }, LONGEST_ADDRESS)
  email!: string;

  @OptionalText()
  userName?: string;
}

export class PlaceOrderDto {
  @Parts(() => ItemDto, 500)
  items!: ItemDto[];

  @Part(() => ClientProfileDto)
  clientProfileData!: ClientProfileDto;

  @Part(() => ShippingDto, optional)
  shippingData?: ShippingDto;

  @Part(() => PaymentDto, optional)
  paymentData?: PaymentDto;

  @Part(() => ClientPreferencesDto, optional)
  clientPreferencesData?: ClientPreferencesDto;

  @Parts(() => SellerDto, 50, { ...optional, description: 'The first one sells the items; the store unless said' })
  sellers?: SellerDto[];

  @Part(() => OpenTextFieldDto, optional)
  openTextField?: OpenTextFieldDto;

  @Part(() => MarketplaceDto, { ...optional, description: 'Where the order comes from; the store unless said' })
  marketplace?: MarketplaceDto;

  @OptionalText()
  marketplaceOrderId?: string;

  @Part(() => CallCenterOperatorDto, optional)
  callCenterOperatorData?: CallCenterOperatorDto;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Whatever else belongs to the order',
  })
  @IsOptional()
  @IsObject()
  customData?: object;

  @ApiPropertyOptional({ description: 'Adds the order to an existing group', example: '1415461749731' })
  @IsOptional()
  @Matches(/^\d{13}$/)
  orderGroup?: string;
}
