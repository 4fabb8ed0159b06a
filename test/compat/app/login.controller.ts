import { Body, Controller, Post } from '@nestjs/common';

/** A route that shows no order: its addresses are none of the tracker's business. */
@Controller('login')
export class LoginController {
  @Post()
  login(@Body() { email }: { email: string }): object {
    return { user: email, token: 'secret' };
  }
}
