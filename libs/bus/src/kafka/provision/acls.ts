import kafkajs, { type AclEntry } from 'kafkajs';
import { type Topic } from '../../topics.js';
import type { Names } from '../names.js';
import { deadTopicsOf, identities, pipelineTopics, type ServiceName, serviceNames } from './identities.js';

/** What the cluster calls each service: the common name of its certificate, or its SCRAM user. */
export type Principals = Readonly<Partial<Record<ServiceName, string>>>;

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
type Operation = 'READ' | 'WRITE' | 'DESCRIBE' | 'DESCRIBE_CONFIGS' | 'DELETE';

/** The rights of every service: what it must write and read, and to look at any topic of the product. Nothing else. */
export function aclsOf(names: Names, principals: Principals = {}): readonly AclEntry[] {
  return serviceNames.flatMap((service) => {
    const principal = `User:${principals[service] ?? service}`;
    const writes: readonly Topic[] = [...identities[service].writes, ...deadTopicsOf(service)];
    const allow = (resource: Pick<AclEntry, 'resourceType' | 'resourceName' | 'resourcePatternType'>) => {
      return (operation: Operation): AclEntry => ({
        ...resource,
        principal,
        host: '*',
        operation: AclOperationTypes[operation],
        permissionType: AclPermissionTypes.ALLOW,
      });
    };
    const onTopic = (topic: Topic) =>
      allow({
        resourceType: AclResourceTypes.TOPIC,
        resourceName: names.topic(topic),
        resourcePatternType: ResourcePatternTypes.LITERAL,
      });
    const onGroups = allow({
      resourceType: AclResourceTypes.GROUP,
      resourceName: names.groupPrefix(service),
      resourcePatternType: ResourcePatternTypes.PREFIXED,
    });
    return [
      ...pipelineTopics().flatMap((topic) => (['DESCRIBE', 'DESCRIBE_CONFIGS'] as const).map(onTopic(topic))),
      ...writes.map((topic) => onTopic(topic)('WRITE')),
      ...identities[service].reads.map(({ topic }) => onTopic(topic)('READ')),
      // What it parked is tried again.
      ...deadTopicsOf(service).map((topic) => onTopic(topic)('READ')),
      // DELETE: of the groups that readers from the start make for themselves.
      ...(['READ', 'DESCRIBE', 'DELETE'] as const).map(onGroups),
    ];
  });
}
