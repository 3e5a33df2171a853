/**
 * What people would write: a Nest microservice over Nest's own Kafka transport, a handler for each topic, and one
 * insert for each event. It judges as ours does and keeps the facts in memory, without a cost for storing them.
 */
import 'reflect-metadata';
import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Ctx,
  EventPattern,
  Payload,
  Transport,
  type KafkaContext,
  type KafkaOptions,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { MongoClient, type Collection } from 'mongodb';
import { decodeRecord, WriterSchemas } from '#libs/events';
import { judge, unreadable, type SubjectFacts } from '#libs/judge';
import { defaultRegistersDir, loadRegisters, loadTransferLaw, type Registers } from '#libs/register';
import { learn } from '../judge/workload.js';
import { endWhenTold, given, tell } from './consumer-log.js';
import { ASSIGNED } from './consumer-process.js';

const FINDINGS = Symbol('the collection of findings');
const REGISTERS = Symbol('the registers');

@Controller()
class EventsController {
  private readonly known = new Map<string, SubjectFacts>();
  private readonly writers = new WriterSchemas();
  private readonly law = loadTransferLaw();
  private readonly most = Number(given('BENCH_EVENTS'));
  private count = 0;

  constructor(
    @Inject(FINDINGS) private readonly findings: Collection,
    @Inject(REGISTERS) private readonly registers: Registers,
  ) {}

  @EventPattern('orders')
  orders(@Payload() value: Buffer, @Ctx() context: unknown): Promise<void> {
    return this.audit(value, context as KafkaContext);
  }

  @EventPattern('marketing')
  marketing(@Payload() value: Buffer, @Ctx() context: unknown): Promise<void> {
    return this.audit(value, context as KafkaContext);
  }

  @EventPattern('sharing')
  sharing(@Payload() value: Buffer, @Ctx() context: unknown): Promise<void> {
    return this.audit(value, context as KafkaContext);
  }

  @EventPattern('rights')
  rights(@Payload() value: Buffer, @Ctx() context: unknown): Promise<void> {
    return this.audit(value, context as KafkaContext);
  }

  private async audit(value: Buffer, context: KafkaContext): Promise<void> {
    if (this.count === this.most) return;
    const { offset, timestamp } = context.getMessage();
    const source = { topic: context.getTopic(), partition: context.getPartition(), offset: Number(offset) };
    const decoded = decodeRecord(value, this.writers);
    if (!decoded.ok) {
      await this.findings.insertOne({ source, ...unreadable(decoded.fault) }, { writeConcern: { w: 'majority' } });
    } else {
      const { event } = decoded;
      const { registers, law } = this;
      const facts = learn(this.known, event);
      const finding = judge({ event, timestamp: Number(timestamp), registers, facts, law });
      const { eventId, controller, service, occurredAt } = event.event;
      await this.findings.insertOne(
        { source, eventId, controller, service, occurredAt: new Date(occurredAt), ...finding },
        { writeConcern: { w: 'majority' } },
      );
    }
    if (++this.count === this.most) tell('done', { count: this.count });
  }
}

endWhenTold();
const mongo = await new MongoClient(given('MONGODB_URI')).connect();
const registers = await loadRegisters(defaultRegistersDir());

@Module({
  controllers: [EventsController],
  providers: [
    { provide: FINDINGS, useValue: mongo.db().collection('findings') },
    { provide: REGISTERS, useValue: registers },
  ],
})
class PlainModule {}

const options: KafkaOptions = {
  transport: Transport.KAFKA,
  options: {
    client: { brokers: given('KAFKA_BROKERS').split(',') },
    consumer: { groupId: given('BENCH_GROUP') },
    subscribe: { fromBeginning: true },
    parser: { keepBinary: true },
  },
};
const app = await NestFactory.createMicroservice<MicroserviceOptions>(PlainModule, { ...options, logger: ['error'] });
await app.listen();
// kafkajs has joined the group by now and has just begun to fetch.
tell(ASSIGNED);
