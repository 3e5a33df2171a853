import { Controller } from '@nestjs/common';
import { toIsoTime } from '#libs/events';
import { ReadModels } from '#libs/views';
import { maySee, Who } from '../../access/person.js';
import type { Person } from '../../access/person.js';
import { notFound } from '../../http/problem.js';
import { Params, Query, Route } from '../../http/route.js';
import type { Input, Wire } from '../../http/schema.js';
import { MongoGate } from '../../mongo-gate.js';
import { scopeOf } from '../filter.js';
import { coverageOf } from './coverage.js';
import { differences } from './differences.js';
import { meaningOf } from './meaning.js';
import { ofVersion, RegisterShelf } from './register-shelf.js';
import type { ShelvedRegister, Versions } from './register-shelf.js';
import { registerText } from './register-text.js';
import {
  ControllerParams,
  CoverageQuery,
  DifferencesQuery,
  RegisterCoverage,
  RegisterDifferences,
  RegisterList,
  RegisterText,
  VersionParams,
} from './schemas.js';

/** What the controllers declare, and how it is used. */
@Controller('api/v1/registers')
export class RegistersController {
  constructor(
    private readonly shelf: RegisterShelf,
    private readonly models: ReadModels,
    private readonly mongodb: MongoGate,
  ) {}

  @Route({
    operationId: 'listRegisters',
    tag: 'registers',
    summary: 'The registers of the controllers that the caller may see, with all their versions',
    answer: RegisterList,
  })
  async list(@Who() person: Person): Promise<Wire<typeof RegisterList>> {
    const all = await this.mongodb.ask(() => this.shelf.versions());
    const seen = [...all].filter(([controller]) => maySee(person, controller)).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      items: seen.map(([controller, versions]) => ({
        controller,
        name: (versions.at(-1) as ShelvedRegister).register.name,
        versions: versions.map(({ register: { version, id, inForceFrom }, loadedAt }) => ({
          version,
          id,
          inForceFrom: toIsoTime(inForceFrom),
          loadedAt: loadedAt === null ? null : toIsoTime(loadedAt),
        })),
      })),
    };
  }

  @Route({
    path: ':controller/versions/:version',
    operationId: 'getRegister',
    tag: 'registers',
    summary: 'A version of a register',
    description: 'Where a file was changed under the same number: the one that was loaded last.',
    params: VersionParams,
    answer: RegisterText,
  })
  async one(
    @Params() { controller, version }: Input<typeof VersionParams>,
    @Who() person: Person,
  ): Promise<Wire<typeof RegisterText>> {
    const versions = await this.versionsOf(controller, person);
    const register = ofVersion(versions, version);
    const next = versions.find((other) => other.register.inForceFrom > register.inForceFrom);
    return registerText(register, next?.register.inForceFrom ?? null);
  }

  @Route({
    path: ':controller/differences',
    operationId: 'compareRegisters',
    tag: 'registers',
    summary: 'How two versions of a register differ',
    description: 'By what they mean: comments, order and layout of the files make no difference.',
    params: ControllerParams,
    query: DifferencesQuery,
    answer: RegisterDifferences,
  })
  async compare(
    @Params() { controller }: Input<typeof ControllerParams>,
    @Query() { from, to }: Input<typeof DifferencesQuery>,
    @Who() person: Person,
  ): Promise<Wire<typeof RegisterDifferences>> {
    const versions = await this.versionsOf(controller, person);
    return { from, to, changes: differences(meaningOf(ofVersion(versions, from)), meaningOf(ofVersion(versions, to))) };
  }

  @Route({
    path: ':controller/coverage',
    operationId: 'getCoverage',
    tag: 'registers',
    summary: 'Which declared purposes are used, and which used ones are not declared',
    description: 'Held against the version that came into force last. Times count by whole days (UTC).',
    params: ControllerParams,
    query: CoverageQuery,
    answer: RegisterCoverage,
  })
  async coverage(
    @Params() { controller }: Input<typeof ControllerParams>,
    @Query() { occurredFrom, occurredTo }: Input<typeof CoverageQuery>,
    @Who() person: Person,
  ): Promise<Wire<typeof RegisterCoverage>> {
    const versions = await this.versionsOf(controller, person);
    const now = Date.now();
    const begun = versions.findLast(({ register }) => register.inForceFrom <= now) ?? (versions[0]);
    const occurred = { from: occurredFrom, to: occurredTo };
    return this.mongodb.ask(() => coverageOf(begun.register, occurred, scopeOf(person), this.models));
  }

  /** @throws Problem where there are none, or none that this person may see */
  private async versionsOf(controller: string, person: Person): Promise<Versions> {
    if (!maySee(person, controller)) throw notFound();
    const versions = (await this.mongodb.ask(() => this.shelf.versions())).get(controller);
    if (versions === undefined) throw notFound();
    return versions;
  }
}
