# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Channels that do nothing can go without a trace, and what is left exports like any network."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from training.export import export_onnx
from training.export import output_names
from training.network import MultitaskNetwork
from training.pruning.channels import PruningError
from training.pruning.channels import trace_channels
from training.pruning.surgery import choose_channels
from training.pruning.surgery import group_each_space
from training.pruning.surgery import measure_means
from training.pruning.surgery import remove_channels
from training.pruning.surgery import weigh_channels
from training.pruning.widths import group_by_width
from training.pruning.widths import narrow_description
from training.validate import predict_with_onnx


def means(network, graph, size=(64, 96)):
    return measure_means(network, graph, [torch.rand(1, 3, *size)])


def kill(network, graph, space, count):
    """Silence some of a space's channels: a norm that gives nothing but zero."""
    dead = np.random.default_rng(len(space.channels)).choice(space.channels, count, replace=False)
    for maker in space.makers:
        convolution = graph.convolutions[maker]
        norm = network.get_submodule(convolution.norm)
        places = torch.from_numpy(np.isin(convolution.outputs, dead))
        norm.weight.data[places] = 0
        norm.bias.data[places] = 0


@torch.inference_mode()
def test_nothing_removed_is_the_same_network(trained, graph):
    same = remove_channels(trained, graph, graph.everything(), means(trained, graph))
    for name, value in same.state_dict().items():
        torch.testing.assert_close(value, trained.state_dict()[name], rtol=0, atol=0)


@torch.inference_mode()
def test_removing_dead_channels_preserves_the_function(trained, graph, widths):
    network = copy.deepcopy(trained)
    groups = group_by_width(graph, widths)
    chosen = {group.name: group.width - group.width // 3 for group in groups}
    for group in groups:
        for space in group.spaces:
            kill(network, graph, space, group.width - chosen[group.name])
    kept = choose_channels(graph, weigh_channels(network, graph), groups, chosen)
    image = torch.rand(2, 3, 64, 96)
    expected = network(image)
    smaller = MultitaskNetwork(narrow_description(network.description, widths, chosen)).eval()
    smaller.load_state_dict(
        remove_channels(network, graph, kept, means(network, graph)).state_dict()
    )
    assert graph.macs(kept) < 0.7 * graph.macs(graph.everything())
    for name, value in smaller(image).items():
        torch.testing.assert_close(value, expected[name], rtol=1e-4, atol=1e-5)


@torch.inference_mode()
def test_removing_living_channels_does_change_it(trained, graph):
    groups = group_each_space(graph)
    weight = weigh_channels(trained, graph)
    kept = choose_channels(graph, weight, groups, {g.name: g.width - 1 for g in groups})
    image = torch.rand(1, 3, 64, 96)
    narrow = remove_channels(trained, graph, kept, means(trained, graph))(image)
    whole = trained(image)
    assert not torch.allclose(narrow['semantic'], whole['semantic'], atol=1e-3)


def test_the_lightest_filters_go_and_their_norms_count():
    network = nn.Sequential(
        nn.Conv2d(3, 4, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 1, 1)
    ).eval()
    network[0].weight.data[:] = torch.tensor([3.0, 1, 2, 4])[:, None, None, None]
    network[1].weight.data[:] = torch.tensor([1.0, 1, 1, 0.1])
    graph = trace_channels(network, (4, 4))
    (group,) = group_each_space(graph)
    kept = choose_channels(graph, weigh_channels(network, graph), (group,), {group.name: 2})
    np.testing.assert_array_equal(kept[graph.convolutions['0'].outputs], [1, 0, 1, 0])


@pytest.mark.parametrize('width', [0, 5])
def test_a_width_a_group_cannot_have_is_refused(width):
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Conv2d(4, 1, 1))
    graph = trace_channels(network, (4, 4))
    (group,) = group_each_space(graph)
    with pytest.raises(PruningError, match=f'0: expected a width of 1 to 4, got {width}'):
        choose_channels(graph, np.zeros(graph.count), (group,), {'0': width})


@torch.inference_mode()
def test_what_a_removed_channel_always_gave_stays_as_a_constant():
    network = nn.Sequential(
        nn.Conv2d(3, 4, 1, bias=False),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Conv2d(4, 5, 1, bias=False),
        nn.BatchNorm2d(5),
        nn.Conv2d(5, 2, 1),
    ).eval()
    # Two filters that see nothing, whose norms give 0.7, and one such of the later five.
    for norm, places in ((network[1], (1, 3)), (network[4], (2,))):
        for place in places:
            norm.weight[place], norm.bias[place] = 0, 0.7
    graph = trace_channels(network, (4, 4))
    kept = choose_channels(
        graph, weigh_channels(network, graph), group_each_space(graph), {'0': 2, '3': 4}
    )
    image = torch.rand(1, 3, 4, 4)
    narrow = remove_channels(network, graph, kept, means(network, graph, (4, 4)))
    assert narrow[3].weight.shape == (4, 2, 1, 1)
    torch.testing.assert_close(narrow(image), network(image), rtol=1e-4, atol=1e-6)


def test_added_channels_go_together():
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Conv2d(3, 6, 1), nn.Conv2d(6, 6, 1)
            self.last = nn.Conv2d(6, 2, 1)

        def forward(self, x):
            x = self.first(x)
            return self.last(x + self.second(x))

    network = Residual()
    dead = [1, 4]
    for layer in (network.first, network.second):
        layer.weight.data[dead] = 0
        layer.bias.data[dead] = 0
    graph = trace_channels(network, (4, 4))
    (group,) = group_each_space(graph)
    kept = choose_channels(graph, weigh_channels(network, graph), (group,), {group.name: 4})
    image = torch.rand(1, 3, 4, 4)
    narrow = remove_channels(network, graph, kept, means(network, graph))
    assert narrow.second.weight.shape == (4, 4, 1, 1)
    torch.testing.assert_close(narrow(image), network(image))


@torch.inference_mode()
def test_a_pruned_network_exports_and_agrees_with_onnx_runtime(trained, graph, tmp_path):
    pytest.importorskip('onnxscript')
    # Every convolution takes a width of its own: more than a description could say.
    groups = group_each_space(graph)
    chosen = {g.name: g.width - 1 - i % 2 for i, g in enumerate(groups)}
    kept = choose_channels(graph, weigh_channels(trained, graph), groups, chosen)
    narrow = remove_channels(trained, graph, kept, means(trained, graph))
    export_onnx(narrow, tmp_path / 'narrow.onnx')
    image = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    names = output_names(narrow.description)
    found = predict_with_onnx(tmp_path / 'narrow.onnx', names)(image)
    x = torch.from_numpy(image).permute(2, 0, 1)[None] / 255
    expected = narrow.activate(narrow(x))
    for name in names:
        torch.testing.assert_close(found[name], expected[name], rtol=1e-3, atol=1e-3)
