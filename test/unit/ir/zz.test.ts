import { it } from 'vitest';
import { nearest } from '../../../src/ir/diagnostics/suggest.js';
import { checkWorkflow } from '../../../src/ir/check.js';
import { createRegistry } from '../../../src/actors/registry.js';
it('x', () => {
  const { nodeTypes } = createRegistry();
  console.log(nearest('ehco', ['echo']), nearest('ehco', [...nodeTypes.keys()]), nearest('ba',['ab']), nearest('ftech', ['fetch','a']), nearest('ab',['xy','ba']));
  console.log(JSON.stringify(checkWorkflow({nodes:[{id:'a',type:'ehco'}, {id:'fetch-rows',type:'echo', params:{value:{n:1}}}, {id:'c',type:'echo', when:'fetch-rows.n > 1'}, {id:'d',type:'echo', when:'ehc > 1'}]}, {nodeTypes}).diagnostics, null, 1));
});
