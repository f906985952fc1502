import type { ResourceUse, WorkflowResource } from '../../ir/workflow.js';
import type { DetectCapacity } from './detect-capacity.js';
import { Resource, type ResourceDefinition } from './resource.js';
import { type Claim, type Shortage, shortageOf } from './ticket.js';

/** What a demand for resources comes to: what is claimed, or why it can never be had. */
export type Resolved =
  | { readonly claims: readonly Claim[]; readonly shortage: null }
  | { readonly claims: null; readonly shortage: Shortage };

/**
 * The resources of a runner by name: its own, and those that the workflows under way declare. Where several declare one
 * name, the tightest bound of each kind holds until all of them are over.
 */
export class ResourceTable {
  readonly #own: ReadonlyMap<string, ResourceDefinition>;
  readonly #detectCapacity: DetectCapacity;
  readonly #boundsChanged: (resource: Resource) => void;
  readonly #byName = new Map<string, Resource>();
  /** By resource: how many workflows under way declare it. */
  readonly #declarers = new Map<Resource, number>();
  readonly #detecting = new Set<Resource>();

  /** @param boundsChanged called when a resource that somebody waits for may be less than it was, or has become known */
  constructor(
    own: ReadonlyMap<string, ResourceDefinition>,
    detectCapacity: DetectCapacity,
    boundsChanged: (resource: Resource) => void,
  ) {
    this.#own = own;
    this.#detectCapacity = detectCapacity;
    this.#boundsChanged = boundsChanged;
    for (const [name, definition] of own) this.#add(name).tighten(definition);
  }

  /** Takes in what a workflow says of resources, until the returned function is called. */
  declare(declared: readonly WorkflowResource[]): () => void {
    const resources = declared.flatMap((declaration) => {
      const { name } = declaration;
      if (this.#own.has(name)) return [];
      const resource = this.#byName.get(name) ?? this.#add(name);
      const declarers = this.#declarers.get(resource) ?? 0;
      if (declarers === 0) resource.loosen();
      this.#declarers.set(resource, declarers + 1);
      resource.tighten(definitionOf(declaration));
      this.#boundsChanged(resource);
      return [resource];
    });
    return () => {
      for (const resource of resources) {
        this.#declarers.set(resource, (this.#declarers.get(resource) ?? 1) - 1);
      }
    };
  }

  /** Finds what is asked for, and starts finding out how much there is of it where that is not known. */
  resolve(uses: readonly ResourceUse[]): Resolved {
    const claims: Claim[] = [];
    for (const { resource: name, amount } of uses) {
      const resource = this.#byName.get(name);
      if (resource === undefined) return { claims: null, shortage: { resource: name, amount, most: null } };
      claims.push({ resource, amount });
    }
    const shortage = shortageOf(claims);
    if (shortage !== null) return { claims: null, shortage };
    for (const { resource } of claims) if (resource.isUnknown) this.#detect(resource);
    return { claims, shortage };
  }

  /** Drops what no workflow under way declares, and nobody has used lately. */
  forgetIdle(now: number): void {
    for (const [resource, declarers] of this.#declarers) {
      if (declarers > 0 || !resource.isIdle(now)) continue;
      this.#declarers.delete(resource);
      this.#byName.delete(resource.name);
    }
  }

  #add(name: string): Resource {
    const resource = new Resource(name);
    this.#byName.set(name, resource);
    return resource;
  }

  #detect(resource: Resource): void {
    if (this.#detecting.has(resource)) return;
    this.#detecting.add(resource);
    void this.#detectCapacity(resource.name).then((found) => {
      this.#detecting.delete(resource);
      resource.detected(found);
      this.#boundsChanged(resource);
    });
  }
}

function definitionOf({ concurrency, capacity, rate }: WorkflowResource): ResourceDefinition {
  return {
    ...(concurrency === null ? {} : { concurrency }),
    ...(capacity === null ? {} : { capacity }),
    ...(rate === null ? {} : { rate }),
  };
}
