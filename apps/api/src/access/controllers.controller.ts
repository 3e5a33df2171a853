import { Controller } from '@nestjs/common';
import Type from 'typebox';
import { Route } from '../http/route.js';
import { named, nullable } from '../http/schema.js';
import type { Wire } from '../http/schema.js';
import { MongoGate } from '../mongo-gate.js';
import { RegisterShelf } from '../v1/registers/register-shelf.js';
import { maySee, Who } from './person.js';
import type { Person } from './person.js';

const Controllers = named('Controllers', {
  items: Type.Array(
    named('NamedController', {
      controller: Type.String({ examples: ['janus'] }),
      name: nullable(Type.String({ examples: ['Janusfabrikken AS'] }), 'Legal name, as its newest register has it.'),
    }),
    { description: 'By id.' },
  ),
});

/** The controllers that somebody may see, by name. */
@Controller('api/v1/controllers')
export class ControllersController {
  constructor(
    private readonly shelf: RegisterShelf,
    private readonly mongodb: MongoGate,
  ) {}

  @Route({
    operationId: 'listControllers',
    tag: 'access',
    summary: 'The controllers whose data the caller may see',
    answer: Controllers,
  })
  async list(@Who() person: Person): Promise<Wire<typeof Controllers>> {
    const all = await this.mongodb.ask(() => this.shelf.versions());
    const seen = [...all].filter(([controller]) => maySee(person, controller)).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      items: seen.map(([controller, versions]) => ({ controller, name: versions.at(-1)?.register.name ?? null })),
    };
  }
}
