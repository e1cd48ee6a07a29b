"""Synapses: what they connect, and the parts they are made of."""

from __future__ import annotations

import numpy as np
import pytest

import nbbrain as bp
import nbbrain.math as bm
from nbbrain.connect import All2All, One2One
from nbbrain.dynsys.components import NullSynLTP, NullSynOut, NullSynSTP
from nbbrain.errors import ModelBuildError
from tests.dynsys.models import Neurons


def groups(n=3, m=3):
    return Neurons(n, name=f"pre{n}"), Neurons(m, name=f"post{m}")


def test_what_is_connected():
    pre, post = groups(3, 2)
    syn = bp.SynConn(pre, post, name="syn")
    assert (syn.pre, syn.post, syn.conn) == (pre, post, None)
    assert repr(syn) == "SynConn(name=syn, mode=NonBatchingMode, pre=pre3, post=post2)"
    with pytest.raises(ModelBuildError, match="post must be a NeuGroup, but got 3"):
        bp.SynConn(pre, 3)


def test_attributes_that_a_synapse_needs():
    syn = bp.SynConn(*groups())
    syn.check_pre_attrs("spike")
    syn.check_post_attrs("V", "input")
    with pytest.raises(ModelBuildError, match="needs W of post3"):
        syn.check_post_attrs("V", "W")


def test_connections_of_all_kinds():
    pre, post = groups(3, 2)
    matrix = np.array([[1, 0], [0, 1], [1, 1]], bool)
    for conn in (matrix, bm.Array(matrix), {"i": np.array([0, 1, 2, 2]), "j": np.array([0, 1, 0, 1])}):
        np.testing.assert_array_equal(bp.SynConn(pre, post, conn).conn.require("conn_mat"), matrix)
    with pytest.raises(ModelBuildError, match="conn must be a connector, a matrix or a dict of i and j"):
        bp.SynConn(pre, post, "all2all")


def test_a_connector_given_twice_connects_both_pairs():
    conn = All2All()
    a, b = bp.SynConn(*groups(3, 2), conn), bp.SynConn(*groups(4, 5), conn)
    assert a.conn is conn
    assert (a.conn.pre_num, a.conn.post_num, b.conn.pre_num, b.conn.post_num) == (3, 2, 4, 5)


class Out(bp.SynOut):
    def clone(self):
        return Out(target_var=self._target_name)


def test_an_output_goes_to_its_target():
    pre, post = groups()
    for target in ("input", post.input):
        syn = bp.TwoEndConn(pre, post, output=bp.SynOut(target_var=target))
        post.input.value = np.zeros(3)
        assert syn.output(np.ones(3)) is None
        np.testing.assert_array_equal(post.input, np.ones(3))
        assert syn.output.target_var is post.input
    assert float(bp.TwoEndConn(pre, post).output(2.0)) == 2.0


def test_a_part_belongs_to_one_synapse():
    output = Out(target_var="input")
    a = bp.TwoEndConn(*groups(), output=output)
    b = bp.TwoEndConn(*groups(4, 4), output=output)
    assert a.output is output
    assert output.master is a
    assert type(b.output) is Out
    assert b.output.target_var is b.post.input
    with pytest.raises(ModelBuildError, match="cannot be one of"):
        output.register_master(b)
    plain = bp.SynOut(target_var="input")
    bp.TwoEndConn(*groups(), output=plain)
    with pytest.raises(NotImplementedError, match=r"SynOut must define clone\(\)"):
        bp.TwoEndConn(*groups(), output=plain)


def test_a_part_does_not_lead_back_to_its_synapse():
    syn = bp.TwoEndConn(*groups(), output=bp.SynOut(target_var="input", name="out"))
    assert syn.name not in syn.output.nodes()
    assert list(syn.output.vars()) == ["out.target_var"]


def test_what_does_nothing():
    syn = bp.TwoEndConn(*groups())
    for part, kind in ((syn.output, NullSynOut), (syn.stp, NullSynSTP), (syn.ltp, NullSynLTP)):
        assert type(part) is kind
        assert part(3.0) == 3.0
        assert part.update({}, 1.0) is None
        assert part.reset_state(5) is None
        assert type(part.clone()) is kind
        assert not part.clone().isregistered


def test_parts_that_do_not_fit():
    pre, post = groups()
    with pytest.raises(ModelBuildError, match="output must be a SynOut, but got"):
        bp.TwoEndConn(pre, post, output=bp.SynSTP())
    with pytest.raises(ModelBuildError, match="needs a variable 'W' of post3, which has"):
        bp.TwoEndConn(pre, post, output=bp.SynOut(target_var="W"))
    with pytest.raises(ModelBuildError, match="target_var must be a Variable or the name of one"):
        bp.SynOut(target_var=3)
    with pytest.raises(ModelBuildError, match="is not the part of a synapse"):
        _ = bp.SynOut().master


def test_the_new_style():
    class Syn(bp.TwoEndConnNS):
        def update(self, x):
            return self.output(x)

    assert Syn(*groups())({"t": 0.0}, 3.0) == 3.0


def test_synapses_that_know_only_their_connection():
    syn = bp.SynConnNS(One2One()(3, 3), out=bp.SynOutNS())
    assert (syn.pre_num, syn.post_num, syn.pre_size, syn.stp) == (3, 3, (3,), None)
    with pytest.raises(ModelBuildError, match="knows the sizes"):
        bp.SynConnNS(One2One())
    with pytest.raises(ModelBuildError, match="stp must be a SynSTPNS"):
        bp.SynConnNS(One2One()(3, 3), stp=bp.SynOutNS())
