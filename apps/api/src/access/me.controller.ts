import { Controller, Req } from '@nestjs/common';
import type { Request } from 'express';
import Type from 'typebox';
import { Route } from '../http/route.js';
import { named, nullable, oneOf } from '../http/schema.js';
import type { Wire } from '../http/schema.js';
import { admissionOf, ROLES } from './person.js';

const Me = named('Me', {
  subject: Type.String({ description: 'As the OpenID provider names them.' }),
  name: Type.String(),
  roles: Type.Array(oneOf(ROLES), { minItems: 1 }),
  controllers: nullable(Type.Array(Type.String()), 'Whose data they may see; null: that of all.'),
  csrfToken: nullable(
    Type.String(),
    'To be sent in the header x-csrf-token with whatever changes something; null: an access token needs none.',
  ),
});

/** Who asks, as the api knows them. */
@Controller('api/v1/me')
export class MeController {
  @Route({
    operationId: 'whoAmI',
    tag: 'access',
    summary: 'Who asks, and what they may see and do',
    answer: Me,
  })
  who(@Req() request: Request): Wire<typeof Me> {
    const { person, csrfToken } = admissionOf(request);
    const { subject, name, roles, controllers } = person;
    return {
      subject,
      name,
      roles: [...roles],
      controllers: controllers === 'all' ? null : [...controllers].sort(),
      csrfToken,
    };
  }
}
