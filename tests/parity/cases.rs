// Written by tests/parity/generate.py; do not edit.

use cnn::network;

network! { pub DummyNet(3x7x7) -> 10 { conv(3 -> 9, k3) relu; flatten; fc(225 -> 10) } }
network! { pub LeNet5(1x28x28) -> 10 { conv(1 -> 6, k5, p2) relu; maxpool(k2); conv(6 -> 16, k5) relu; maxpool(k2); flatten; fc(400 -> 120) relu; fc(120 -> 84) relu; fc(84 -> 10) } }
network! { pub Case000(13x8x1) -> 26x2x1 { view(-1, 26, 4, 1); maxpool(k2, d1, ceil) } }
network! { pub Case001(9x2x2) -> 1x4x9 { flatten; view(-1, 1, 4, 9) relu } }
network! { pub Case002(8x7x7) -> 2x4x1 { avgpool(k3, s1x5, p1, ceil); maxpool(k4, p0x2); view(-1, 2, 4, 1) } }
network! { pub Case003(3x4x11) -> 3 { relu; avgpool(k4x11, ceil); view(-1, 3) } }
network! { pub Case004(9x1x1) -> 9x1x1 { maxpool(k2, s2x2, p0x1, ceil) relu } }
network! { pub Case005(9x23x23) -> 1x3x1 { avgpool(k3, ceil, exclude_pad); maxpool(k3, s4, d3); conv(9 -> 3, k5x3, s3x1, p2x1, nobias); view(-1, 1, 3, 1) } }
network! { pub Case006(12x2x2) -> 8x2x1 { conv(12 -> 8, k2, p2, d3) relu; avgpool(k1x2, s2x4, ceil, exclude_pad) } }
network! { pub Case007(6x1x1) -> 6x1x1 { relu relu; softmax relu } }
network! { pub Case008(2x7x6) -> 18x1x2 { maxpool(k3x1, s5) relu; conv(2 -> 18, k2x4, same, g2, nobias) } }
network! { pub Case009(3x7x5) -> 15x1x1 { conv(3 -> 15, k3, s5x5, p1, d2x1, g3) } }
network! { pub Case010(12x23x23) -> 4x1x1 { maxpool(k2, p0x1, d3x1); avgpool(k3, s5, p1x0); conv(12 -> 4, k2x4, p0x1, d1, g4) relu } }
network! { pub Case011(9x8x8) -> 36 { conv(9 -> 9, k12x8, p2x0, g3) relu; conv(9 -> 9, k4, s2, p3, g9, nobias); flatten } }
network! { pub Case012(13x2x2) -> 13 { maxpool(k2x4, p0, ceil) relu; flatten } }
network! { pub Case013(5x8x8) -> 4 { avgpool(k8, p1x2); flatten; fc(5 -> 4) } }
network! { pub Case014(18x6x6) -> 9 { flatten; fc(648 -> 9) } }
network! { pub Case015(15x2x2) -> 14x1x2 { conv(15 -> 5, k2, same, nobias); conv(5 -> 12, k3, s4x5, p1x3) relu; conv(12 -> 14, k1, same) } }
network! { pub Case016(18x7x11) -> 14 { conv(18 -> 4, k4, s2, p0x1, d2x2, nobias); view(-1, 16); fc(16 -> 14) relu } }
network! { pub Case017(5x1x1) -> 5 { view(-1, 5); view(-1, 5) } }
network! { pub Case018(11x11x11) -> 11x1x1 { maxpool(k4x4, s2, ceil); avgpool(k4x4, s5x5, exclude_pad) } }
network! { pub Case019(18x23x23) -> 18x1x1 { avgpool(k23, s2, ceil, exclude_pad) relu } }
network! { pub Case020(9x23x23) -> 3x1x11 { maxpool(k23, s1x1, p0x6); avgpool(k3, s4x1, p1x0, exclude_pad); softmax; conv(9 -> 3, k1x1, same, nobias) } }
network! { pub Case021(3x5x5) -> 16 { conv(3 -> 4, k4) relu; view(-1, 16); view(-1, 16) } }
network! { pub Case022(11x9x9) -> 11x1x1 { maxpool(k3); conv(11 -> 11, k9, p3, g11) } }
network! { pub Case023(2x2x2) -> 8x2x2 { conv(2 -> 8, k1, s2, p1) } }
network! { pub Case024(18x1x1) -> 18x1x1 { relu relu } }
network! { pub Case025(7x5x5) -> 8x1x2 { conv(7 -> 8, k3x3, p1) relu; avgpool(k3, p0x1, exclude_pad) } }
network! { pub Case026(18x1x1) -> 12 { maxpool(k1, s2, d2x3); avgpool(k3, p1, exclude_pad); flatten; fc(18 -> 12) } }
network! { pub Case027(7x4x4) -> 7x1x1 { avgpool(k4, s2, p0x0); view(-1, 7, 1, 1); view(-1, 7, 1, 1) } }
network! { pub Case028(18x1x1) -> 10x1x1 { conv(18 -> 10, k5, same); conv(10 -> 10, k1, same, g5, nobias) } }
network! { pub Case029(15x2x2) -> 6x1x1 { conv(15 -> 6, k1x3, same, nobias) relu; avgpool(k4, ceil) } }
network! { pub Case030(4x3x3) -> 4x3x3 { relu relu } }
network! { pub Case031(1x6x6) -> 2x2x2 { conv(1 -> 8, k8, p1); flatten; view(-1, 2, 2, 2) } }
network! { pub Case032(18x13x23) -> 13x1x1 { conv(18 -> 9, k17x27, p2, g9, nobias); maxpool(k1x2, s3x5, d2, ceil); avgpool(k3, p0, ceil, exclude_pad); conv(9 -> 13, k7x3, p3x1) } }
network! { pub Case033(5x5x5) -> 5x2x2 { avgpool(k3, ceil) } }
network! { pub Case034(18x8x8) -> 18x2x1 { conv(18 -> 18, k3x5, s4x4, p1x0, g18) } }
network! { pub Case035(19x1x1) -> 10x1x1 { conv(19 -> 10, k3, p1, d1x1, nobias) } }
network! { pub Case036(16x6x23) -> 8x3x2 { conv(16 -> 8, k1, s1x5, p1x0) relu; maxpool(k3, ceil) } }
network! { pub Case037(1x1x1) -> 1 { view(-1, 1) } }
network! { pub Case038(4x13x4) -> 16 { conv(4 -> 16, k19x6, s3, p3x1, g4); view(-1, 16) } }
network! { pub Case039(6x4x4) -> 11x1x1 { conv(6 -> 11, k10x4, s2x4, p3x0) relu; maxpool(k3, p0, ceil) } }
network! { pub Case040(18x1x1) -> 18x1x1 { conv(18 -> 18, k4x4, same, g18) } }
network! { pub Case041(1x1x1) -> 4 { view(-1, 1); fc(1 -> 4) } }
network! { pub Case042(19x17x17) -> 16x1x1 { avgpool(k1x2, p0x0, ceil); avgpool(k17x9, s2) relu; conv(19 -> 16, k4, same, d1x1, nobias) } }
network! { pub Case043(6x6x6) -> 6x1x2 { conv(6 -> 6, k5, p1x3, nobias) relu; avgpool(k4x8, p0x3, ceil, exclude_pad) } }
network! { pub Case044(2x5x5) -> 2x5x5 { relu } }
network! { pub Case045(2x4x4) -> 2x5x3 { flatten; view(-1, 2, 4, 4); avgpool(k2x2, s1x1, p1x0, ceil, exclude_pad) } }
network! { pub Case046(19x1x1) -> 25 { view(-1, 1, 19, 1); maxpool(k2x4, p0x2, d1x1, ceil); conv(1 -> 5, k3x2, s2, p1); flatten } }
network! { pub Case047(13x1x1) -> 13x1x1 { avgpool(k2, s2, p1x1) } }
network! { pub Case048(2x1x1) -> 18x1x1 { view(-1, 1, 1, 2); conv(1 -> 18, k3, s4, p3, d2) relu } }
network! { pub Case049(4x1x1) -> 4 { view(-1, 4) relu relu } }
network! { pub Case050(6x17x4) -> 3x1x2 { conv(6 -> 6, k17x4, s1x5, g2) relu; view(-1, 3, 1, 2) } }
network! { pub Case051(15x9x9) -> 15x2x2 { avgpool(k1, ceil); softmax; avgpool(k2x2, s5x5, p0x1, ceil, exclude_pad) } }
network! { pub Case052(11x5x5) -> 11x1x1 { relu; avgpool(k3, ceil, exclude_pad); avgpool(k2, p0, exclude_pad) } }
network! { pub Case053(8x23x23) -> 10x5x1 { conv(8 -> 16, k2x2, s2x5, p2x1, g8) relu; conv(16 -> 16, k3, s3x3, p2x0, g4); conv(16 -> 10, k2, same) } }
network! { pub Case054(18x9x9) -> 3 { conv(18 -> 10, k3, s1, p2, g2); avgpool(k3x2, s1x2, exclude_pad); flatten; fc(450 -> 3) } }
network! { pub Case055(2x2x2) -> 11 { relu; avgpool(k2, ceil, exclude_pad); flatten; fc(2 -> 11) } }
network! { pub Case056(2x23x23) -> 2x2x3 { maxpool(k4x2, s3x3); maxpool(k4, p2, d1x1) } }
network! { pub Case057(19x9x9) -> 19x1x1 { maxpool(k1, s2, p0, d2); avgpool(k3, s2, ceil, exclude_pad); maxpool(k2, s3, p0, d2, ceil) } }
network! { pub Case058(7x1x5) -> 3 { flatten; fc(35 -> 3); softmax } }
network! { pub Case059(9x4x4) -> 2 { flatten; fc(144 -> 2) } }
network! { pub Case060(18x1x1) -> 18x1x1 { relu } }
network! { pub Case061(19x4x2) -> 19x1x1 { maxpool(k4x2); avgpool(k1, s5x5, p0, exclude_pad); conv(19 -> 19, k5, s5x2, p2x2, g19, nobias); avgpool(k3x2, p1x0, ceil, exclude_pad) } }
network! { pub Case062(9x5x5) -> 18 { maxpool(k3, p0x1, d3x2, ceil); flatten } }
network! { pub Case063(11x6x6) -> 60 { conv(11 -> 10, k2, s3x3, p1, d3x1); view(-1, 60) } }
network! { pub Case064(14x7x7) -> 14x1x1 { avgpool(k4x2, p0x1, ceil, exclude_pad); avgpool(k2, s2, ceil, exclude_pad); maxpool(k2, s5x5, p0, ceil); conv(14 -> 14, k2, s2, p1, g14) } }
network! { pub Case065(11x6x6) -> 3 { flatten; fc(396 -> 3) relu } }
network! { pub Case066(5x7x2) -> 3x3x2 { maxpool(k2x1) relu; conv(5 -> 3, k3, p1) relu } }
network! { pub Case067(16x9x1) -> 16x1x1 { conv(16 -> 16, k9x1, d1x2, g16) relu; maxpool(k2, s4, ceil) } }
network! { pub Case068(10x1x1) -> 10x1x1 { conv(10 -> 10, k4x2, p3, g10) relu; maxpool(k2, s4x2); maxpool(k2x3, s5x5, p1x0) } }
network! { pub Case069(4x2x2) -> 4x2x2 { softmax } }
network! { pub Case070(7x23x23) -> 23x1x1 { view(-1, 23, 23, 7); avgpool(k23x7, s2, ceil, exclude_pad) } }
network! { pub Case071(6x13x13) -> 1 { maxpool(k2); flatten; fc(216 -> 18); fc(18 -> 1) } }
network! { pub Case072(19x3x3) -> 19x1x1 { avgpool(k1, s3, p0) } }
network! { pub Case073(3x7x4) -> 3x1x2 { avgpool(k4, s3, p0x2, ceil) relu; maxpool(k2, p0x1, ceil) } }
network! { pub Case074(18x5x5) -> 5x1x2 { maxpool(k1, ceil); conv(18 -> 5, k3, s5, p0x3) } }
network! { pub Case075(17x1x1) -> 52 { conv(17 -> 13, k2, p1); flatten; view(-1, 52) } }
network! { pub Case076(13x8x8) -> 13x1x2 { maxpool(k2, p0x1); avgpool(k1, s4x4, p0x0) } }
network! { pub Case077(1x2x6) -> 3x2x2 { softmax; softmax; view(-1, 3, 2, 2) } }
network! { pub Case078(18x8x17) -> 7 { maxpool(k2x2, s2, d2, ceil); view(-1, 576) relu; fc(576 -> 7) } }
network! { pub Case079(2x2x2) -> 2x1x1 { avgpool(k2, s5x2, exclude_pad) } }
network! { pub Case080(4x8x8) -> 4x2x1 { avgpool(k3, s5, p1) relu; maxpool(k1x4, p0x2) } }
network! { pub Case081(15x5x5) -> 15x1x2 { maxpool(k2x4, s4, p0x1, ceil); maxpool(k3x4, p0x2, ceil); maxpool(k4x4, s5x1, p2, ceil) } }
network! { pub Case082(2x1x17) -> 34x1x1 { view(-1, 34, 1, 1) } }
network! { pub Case083(6x8x6) -> 6x3x2 { maxpool(k1, p0); avgpool(k2, p1x0, ceil, exclude_pad); avgpool(k3, s2, p1x1) } }
network! { pub Case084(7x1x11) -> 7x1x1 { avgpool(k1x11); avgpool(k3x2, p1, exclude_pad) } }
network! { pub Case085(6x6x17) -> 6x1x4 { avgpool(k4) } }
network! { pub Case086(7x6x1) -> 7 { softmax; avgpool(k2, p1x0, ceil); avgpool(k4x1, s4x4, p0, exclude_pad); flatten } }
network! { pub Case087(8x1x1) -> 8x1x1 { avgpool(k4x2, ceil, exclude_pad) } }
network! { pub Case088(9x2x2) -> 12x1x1 { avgpool(k2, p1x0) relu; avgpool(k2x1); conv(9 -> 12, k1x1, g3) } }
network! { pub Case089(2x2x11) -> 44 { flatten relu relu; view(-1, 44) } }
network! { pub Case090(8x8x8) -> 2 { flatten; fc(512 -> 2) relu; softmax } }
network! { pub Case091(15x9x9) -> 15x1x1 { maxpool(k3, p0x0, d2, ceil); maxpool(k2, s4x2, p0, ceil); avgpool(k1, s1x1, p0x0, ceil, exclude_pad); maxpool(k1x2, s4, p0x1, ceil) } }
network! { pub Case092(19x23x23) -> 15x1x1 { avgpool(k4, s4x4, ceil, exclude_pad); avgpool(k1, s2, exclude_pad); conv(19 -> 15, k5, s3, p1x2, d1) } }
network! { pub Case093(5x6x4) -> 20 { maxpool(k6x4, s5x3, p3x1, ceil); flatten relu } }
network! { pub Case094(10x3x3) -> 10x1x1 { softmax; avgpool(k3x1, s1x5, p0x0, exclude_pad) } }
network! { pub Case095(2x1x1) -> 2 { flatten } }
network! { pub Case096(17x5x5) -> 2x3x1 { avgpool(k2x2, s5x4, p1, ceil); avgpool(k2, s2); conv(17 -> 2, k1x3, s1x5, p1) } }
network! { pub Case097(16x3x3) -> 8x1x1 { conv(16 -> 8, k2x2, s4, p1) } }
network! { pub Case098(8x1x1) -> 8x1x1 { maxpool(k2, s5x2, p1x0, ceil) } }
network! { pub Case099(14x13x13) -> 18x1x1 { relu; conv(14 -> 18, k5x5, d3, nobias) relu relu } }
network! { pub Case100(16x17x17) -> 16x1x1 { maxpool(k17x17, p7x6) } }
network! { pub Case101(13x3x3) -> 3 { maxpool(k2, s5, ceil); conv(13 -> 11, k4, same); view(-1, 11); fc(11 -> 3) } }
network! { pub Case102(16x2x2) -> 17x1x1 { avgpool(k1, ceil, exclude_pad); avgpool(k2, ceil, exclude_pad) relu; conv(16 -> 17, k1, same, nobias) } }
network! { pub Case103(13x8x8) -> 13x1x1 { avgpool(k8, p0x4, ceil, exclude_pad); avgpool(k3, p1, exclude_pad) } }
network! { pub Case104(13x13x13) -> 4 { flatten; fc(2197 -> 2); fc(2 -> 4) } }
network! { pub Case105(1x1x1) -> 8 { view(-1, 1); fc(1 -> 5); fc(5 -> 8) } }
network! { pub Case106(16x2x2) -> 16x1x1 { maxpool(k3, p0x1, ceil) } }
network! { pub Case107(9x1x1) -> 12x1x1 { avgpool(k1, p0x0); maxpool(k1, s1x2, p0x0, d3); avgpool(k1); conv(9 -> 12, k2, same, d3x1, g3) } }
network! { pub Case108(15x2x2) -> 1x2x1 { avgpool(k2, s4x5, p1x0); softmax; view(-1, 1, 5, 3); maxpool(k2, s2) } }
network! { pub Case109(17x6x6) -> 6x1x2 { conv(17 -> 8, k4x5, p2x3); conv(8 -> 12, k5, p2); conv(12 -> 6, k4, d2, g6) relu } }
network! { pub Case110(2x23x23) -> 18x1x1 { conv(2 -> 18, k25, p1, g2, nobias); avgpool(k3x2, ceil); maxpool(k1, s4, p0, ceil) } }
network! { pub Case111(12x17x17) -> 18x1x1 { conv(12 -> 6, k3, same, g2, nobias); conv(6 -> 18, k5, g6, nobias); maxpool(k3x2, s4x2, d2x3, ceil); conv(18 -> 18, k9x12, s1x4, p3x3, g18) } }
network! { pub Case112(13x1x2) -> 3x1x1 { relu relu; conv(13 -> 3, k3x4, s1, p1) } }
network! { pub Case113(11x13x13) -> 4x4x3 { conv(11 -> 4, k5, s3x5, p1x1) } }
network! { pub Case114(14x4x11) -> 9 { avgpool(k2x2, s4x4, ceil); view(-1, 42); fc(42 -> 9) } }
network! { pub Case115(13x7x7) -> 14x1x1 { avgpool(k2, s3, p1x0, ceil, exclude_pad); view(-1, 13, 9, 1); avgpool(k9x1, s1, p0, ceil, exclude_pad); conv(13 -> 14, k4, same) } }
network! { pub Case116(19x11x11) -> 9 { avgpool(k3, ceil, exclude_pad); view(-1, 304); softmax; fc(304 -> 9) } }
network! { pub Case117(3x13x5) -> 3x1x1 { relu; avgpool(k3, s5, p0, exclude_pad); avgpool(k3x1, s2, p0, ceil, exclude_pad) } }
network! { pub Case118(19x8x1) -> 19x3x1 { avgpool(k3x1, p1x0) } }
network! { pub Case119(14x1x1) -> 1 { conv(14 -> 7, k3x3, same, g7); view(-1, 7); flatten; fc(7 -> 1) } }
network! { pub Case120(10x11x5) -> 4 { view(-1, 550); fc(550 -> 4) } }
network! { pub Case121(7x3x4) -> 16 { view(-1, 84); view(-1, 84); fc(84 -> 16) relu } }
network! { pub Case122(14x1x5) -> 42 { relu; avgpool(k2x2, p0, ceil, exclude_pad); view(-1, 42) relu } }
network! { pub Case123(17x4x4) -> 18 { flatten; fc(272 -> 18); flatten } }
network! { pub Case124(8x11x2) -> 8x5x1 { avgpool(k2, p0, exclude_pad) } }
network! { pub Case125(19x13x13) -> 6x1x1 { conv(19 -> 19, k3x3, s4x2, p1); conv(19 -> 6, k1x3); maxpool(k4, s4x4, p0) } }
network! { pub Case126(10x1x1) -> 19x1x1 { conv(10 -> 5, k3, same, d2, g5) relu; conv(5 -> 19, k2x2, same, nobias) relu } }
network! { pub Case127(2x17x17) -> 2x1x2 { avgpool(k3, ceil); avgpool(k4, s4, p0x2) } }
network! { pub Case128(10x2x2) -> 10x2x2 { relu } }
network! { pub Case129(2x5x5) -> 12x2x1 { conv(2 -> 12, k3, p1, d1x3); avgpool(k1, s4, ceil) relu } }
network! { pub Case130(10x4x4) -> 14 { avgpool(k1, s4, exclude_pad); view(-1, 10); fc(10 -> 10); fc(10 -> 14) } }
network! { pub Case131(3x4x6) -> 6x1x1 { conv(3 -> 6, k4x6, s2, g3, nobias) relu relu } }
network! { pub Case132(12x13x8) -> 12 { maxpool(k2, s3x2, p0, ceil); maxpool(k5x4, s2, p0); avgpool(k1, s1, p0); flatten } }
network! { pub Case133(8x1x3) -> 48 { conv(8 -> 12, k2, s5, p3, g4); flatten; view(-1, 48) } }
network! { pub Case134(7x11x23) -> 7x3x2 { maxpool(k3, s2, p1); view(-1, 7, 9, 8); maxpool(k3x3, p1x0) } }
network! { pub Case135(11x5x5) -> 4 { view(-1, 275); fc(275 -> 9); fc(9 -> 4) } }
network! { pub Case136(13x1x3) -> 13x1x1 { maxpool(k1, s5, ceil); maxpool(k3x3, d1x1, ceil) } }
network! { pub Case137(3x1x6) -> 2x9x1 { view(-1, 2, 9, 1) } }
network! { pub Case138(11x1x1) -> 11 { view(-1, 11); fc(11 -> 11) } }
network! { pub Case139(1x7x7) -> 1x4x1 { avgpool(k7, s2, p3x0, ceil) } }
network! { pub Case140(8x5x5) -> 1x2x24 { maxpool(k4, s2, p1x0, d1, ceil); view(-1, 1, 2, 24) } }
network! { pub Case141(6x11x11) -> 6x2x4 { avgpool(k2, ceil); avgpool(k3x2, p0x1, exclude_pad); softmax relu } }
network! { pub Case142(9x4x1) -> 36 { relu; flatten } }
network! { pub Case143(19x2x11) -> 15 { flatten relu; fc(418 -> 15) } }
network! { pub Case144(10x1x1) -> 10 { relu; view(-1, 10) } }
network! { pub Case145(12x5x2) -> 12x1x1 { maxpool(k2, ceil); conv(12 -> 12, k5x5, p1x2, g12, nobias) } }
network! { pub Case146(5x9x9) -> 16x3x1 { conv(5 -> 8, k1x1, s2x2, nobias); conv(8 -> 16, k2x5, p1x0, g8) relu; maxpool(k2x3, ceil) } }
network! { pub Case147(13x17x17) -> 12 { avgpool(k3, s2, p1x0); flatten; fc(936 -> 12) relu } }
network! { pub Case148(1x4x11) -> 1x1x3 { maxpool(k3x3, s5, p0x1, ceil) } }
network! { pub Case149(12x5x5) -> 12x2x2 { avgpool(k4, s4, p1x0, ceil, exclude_pad); softmax; conv(12 -> 12, k3, same, d1, g12, nobias); maxpool(k1, p0, d2, ceil) } }
network! { pub Case150(4x5x1) -> 8 { avgpool(k4, s4x2, p2, exclude_pad); flatten relu } }
network! { pub Case151(7x1x1) -> 7 { conv(7 -> 7, k1, same); softmax; view(-1, 7) } }
network! { pub Case152(3x2x2) -> 13 { flatten; fc(12 -> 13) } }
network! { pub Case153(18x13x13) -> 7x1x7 { conv(18 -> 7, k2, same, d2); conv(7 -> 7, k5x3, d3, g7) relu } }
network! { pub Case154(13x1x1) -> 6 { flatten; fc(13 -> 6) } }
network! { pub Case155(13x8x8) -> 13x1x1 { conv(13 -> 2, k2, s4, p3x0, d2); conv(2 -> 4, k3x2, s3x1, g2, nobias) relu; conv(4 -> 13, k3x3, same, d2) } }
network! { pub Case156(15x5x5) -> 15 { avgpool(k4, s2x2, p2x1, exclude_pad); maxpool(k1x1, s5x2, d1); flatten; view(-1, 15) } }
network! { pub Case157(14x4x4) -> 2x1x1 { conv(14 -> 2, k3, s4, p1x0, nobias) relu } }
network! { pub Case158(13x4x1) -> 13x1x1 { maxpool(k4x1) } }
network! { pub Case159(2x4x4) -> 2x1x1 { avgpool(k4, p1x0, exclude_pad) } }
network! { pub Case160(11x1x1) -> 12 { flatten; fc(11 -> 12); softmax } }
network! { pub Case161(13x3x3) -> 10 { flatten; fc(117 -> 10) } }
network! { pub Case162(10x7x7) -> 40 { avgpool(k1, s5x4, ceil, exclude_pad); flatten } }
network! { pub Case163(2x3x3) -> 18 { view(-1, 18) } }
network! { pub Case164(5x13x13) -> 15x1x1 { maxpool(k1, p0, d2); conv(5 -> 15, k4x4, p1x1, g5); avgpool(k2, s3x5, ceil, exclude_pad); maxpool(k3x3, p0x0) } }
network! { pub Case165(14x5x11) -> 19x1x2 { conv(14 -> 13, k2, p1x3, d2, nobias); avgpool(k1x2, s2, p0x1); maxpool(k1, s4, p0, d3x3, ceil); conv(13 -> 19, k1, same) } }
network! { pub Case166(4x9x9) -> 14 { flatten; fc(324 -> 13); fc(13 -> 7); fc(7 -> 14) } }
network! { pub Case167(15x17x3) -> 15x1x1 { avgpool(k17x3) } }
network! { pub Case168(8x7x7) -> 3x3x3 { conv(8 -> 3, k5x3, same, d2, nobias); conv(3 -> 3, k5x5, s1, g3) } }
network! { pub Case169(6x1x1) -> 13 { view(-1, 6); fc(6 -> 13) } }
network! { pub Case170(5x1x1) -> 9x3x2 { conv(5 -> 9, k3x4, p2) } }
network! { pub Case171(5x8x1) -> 36 { conv(5 -> 3, k3, s2, p3x2) relu; flatten } }
network! { pub Case172(7x9x9) -> 7x1x1 { maxpool(k2, s4, ceil) relu; avgpool(k3, p0x1, ceil, exclude_pad); maxpool(k3x3, s3x5, p0x0, ceil) } }
network! { pub Case173(5x1x1) -> 13x1x1 { conv(5 -> 13, k5x7, p2x3) } }
network! { pub Case174(15x11x11) -> 6x1x1 { avgpool(k1, s2x1); conv(15 -> 16, k2, s2x2, p2); conv(16 -> 6, k5x7, s2) } }
network! { pub Case175(7x5x5) -> 17x1x1 { conv(7 -> 7, k4x4, p1, d2x1, g7); view(-1, 1, 14, 2); conv(1 -> 17, k16x8, p1x3) relu } }
network! { pub Case176(17x1x1) -> 17x1x1 { maxpool(k1x1, p0, d2); maxpool(k3x2, ceil); avgpool(k1, s2, p0, ceil, exclude_pad) } }
network! { pub Case177(15x4x1) -> 15x1x1 { conv(15 -> 15, k4, p3, g15); maxpool(k7x4, s2, ceil); avgpool(k3x2, s4, ceil); conv(15 -> 15, k3x3, same, g15, nobias) } }
network! { pub Case178(16x5x17) -> 1x1x1 { conv(16 -> 16, k2, s1, d3, g16, nobias); conv(16 -> 5, k2x14, d1); conv(5 -> 5, k2x3, same, g5, nobias); conv(5 -> 1, k3x3, s5, p3x2) } }
network! { pub Case179(2x5x5) -> 2 { view(-1, 50); fc(50 -> 2) relu } }
network! { pub Case180(12x6x8) -> 8x3x1 { softmax; maxpool(k6x8, s2, p0x2, ceil); conv(12 -> 8, k3x3, s1x5, p2, d1, g2) } }
network! { pub Case181(2x17x17) -> 8 { softmax; maxpool(k17, p5x2, ceil); flatten relu } }
network! { pub Case182(19x5x11) -> 19x1x1 { avgpool(k2, exclude_pad); avgpool(k2, s5, p1x0) } }
network! { pub Case183(3x1x1) -> 5x1x1 { avgpool(k2, s3, p1x0, ceil); conv(3 -> 5, k3x1, p1x0) } }
network! { pub Case184(12x17x17) -> 12x1x1 { avgpool(k17, s1) } }
network! { pub Case185(13x23x23) -> 13 { conv(13 -> 17, k5x2, s5, p1x1); flatten; fc(425 -> 13) } }
network! { pub Case186(7x6x6) -> 18 { flatten; fc(252 -> 18) } }
network! { pub Case187(13x2x2) -> 5x1x2 { conv(13 -> 5, k2x2, p3, nobias); maxpool(k1x1, s2, p0); maxpool(k2, s3, p1x0); view(-1, 5, 1, 2) } }
network! { pub Case188(18x8x8) -> 2x9x1 { maxpool(k4x3, ceil); maxpool(k2x3, ceil); view(-1, 18, 1, 1); view(-1, 2, 9, 1) } }
network! { pub Case189(13x6x6) -> 3x6x3 { conv(13 -> 3, k2x2, s2x5, p3) } }
network! { pub Case190(16x23x1) -> 1x2x2 { view(-1, 1, 23, 16); maxpool(k4, d1); maxpool(k1, s3x3) } }
network! { pub Case191(2x11x11) -> 2x5x2 { avgpool(k2x4); avgpool(k1, p0x0, exclude_pad) } }
network! { pub Case192(1x11x2) -> 1x11x2 { avgpool(k1, s1x1, p0) } }
network! { pub Case193(9x4x9) -> 19 { avgpool(k2x3); flatten; fc(54 -> 19) relu } }
network! { pub Case194(19x1x5) -> 19x1x3 { avgpool(k2, s2x2, ceil, exclude_pad) } }
network! { pub Case195(15x1x1) -> 3x1x2 { maxpool(k2, s5x3, p0x0, d2, ceil); conv(15 -> 15, k3, same, g15); view(-1, 3, 1, 5); avgpool(k3, p0, ceil) } }
network! { pub Case196(14x1x1) -> 14 { view(-1, 14) } }
network! { pub Case197(19x17x17) -> 6x1x2 { maxpool(k4x2, s4x5, p2x0, d2); view(-1, 6, 1, 38); maxpool(k1x38, p0x6, ceil) } }
network! { pub Case198(3x1x1) -> 3x1x1 { avgpool(k1, s2, ceil) } }
network! { pub Case199(10x2x2) -> 40 { maxpool(k1); flatten; softmax; flatten } }
network! { pub Spatial000(6x3x3) -> 6x3x3 { adaptivemaxpool(o3) } }
network! { pub Spatial001(18x3x3) -> 4 { split {  }; residual { concat { relu; shuffle(g1) |  }; conv(36 -> 18, k3, s1, p1) }; split {  | conv(6 -> 6, k3, s1, p1); maxpool(k3, s1, p1) relu |  }; flatten; fc(162 -> 4) } }
network! { pub Spatial002(7x2x2) -> 7x1x1 { globalmaxpool } }
network! { pub Spatial003(11x7x7) -> 7x1x1 { split { depthwise(k3x1, same); shuffle(g1) relu; conv(11 -> 7, k1) }; globalmaxpool } }
network! { pub Spatial004(6x1x1) -> 24 { upsample(s2, bilinear, corners); shuffle(g2); flatten; scale { fc(24 -> 14) relu; fc(14 -> 24) } } }
network! { pub Spatial005(3x2x6) -> 23x1x1 { concat {  | concat { conv(3 -> 3, k1) | conv(3 -> 3, k1x1); depthwise(k2, same); conv(3 -> 14, k3, s1, p1x1) } relu; residual { adaptivemaxpool(o5x3); adaptivemaxpool(o2x6) } | depthwise(k2, same, d1, nobias) }; globalavgpool } }
network! { pub Spatial006(5x4x4) -> 5x1x1 { shuffle(g1); adaptiveavgpool(o4); globalavgpool } }
network! { pub Spatial007(8x7x2) -> 1 { split {  }; flatten; fc(112 -> 1) } }
network! { pub Spatial008(10x7x7) -> 10x2x2 { adaptiveavgpool(o2); shuffle(g1) } }
network! { pub Spatial009(5x9x9) -> 15 { split { depthwise(k3x3, same, nobias) }; residual { relu; conv(5 -> 11, k1, s2) } else { conv(5 -> 11, k1, s2) }; residual { maxpool(k3, s1x1, p1x1); residual { relu; conv(11 -> 6, k3, s1, p1) } else { shuffle(g11); depthwise(k5x2, same); shuffle(g1) relu; conv(11 -> 6, k3, s1x1, p1x1) }; split { depthwise(k1x3, same, nobias) }; conv(6 -> 11, k1) }; flatten; residual { fc(275 -> 15) relu } else { fc(275 -> 15) } } }
network! { pub Spatial010(14x6x6) -> 14x1x1 { globalavgpool; globalavgpool } }
network! { pub Spatial011(4x1x4) -> 10x1x4 { split { shuffle(g2) relu relu; upsample(s2); maxpool(k2x2) }; residual { pad(p1); depthwise(k3) relu; conv(4 -> 10, k1) } else { maxpool(k3, s1, p1); depthwise(k3, same, d2); conv(4 -> 19, k1x1) relu; conv(19 -> 10, k1) } } }
network! { pub Spatial012(1x2x2) -> 1x6x6 { pad(top = 2, bottom = 2, left = 2, right = 2) } }
network! { pub Spatial013(13x3x2) -> 1x3x2 { split { shuffle(g1); conv(13 -> 1, k3, s1x1, p1) } } }
network! { pub Spatial014(13x5x5) -> 13x1x1 { pad(top = 1, left = 1, right = 1); globalavgpool } }
network! { pub Spatial015(2x3x3) -> 20x1x1 { concat {  | depthwise(k1x3, same, nobias) relu | conv(2 -> 16, k1) }; scale { globalmaxpool; conv(20 -> 1, k1) relu; conv(1 -> 20, k1) }; residual { depthwise(k3, same, nobias); conv(20 -> 20, k1x1); conv(20 -> 19, k3, s1, p1) relu; conv(19 -> 20, k1) }; globalmaxpool } }
network! { pub Spatial016(12x2x4) -> 12x1x1 { adaptiveavgpool(o1); globalavgpool } }
network! { pub Spatial017(13x4x4) -> 1x2x2 { scale { globalmaxpool; conv(13 -> 5, k1) relu; conv(5 -> 13, k1) }; residual { residual { avgpool(k3x3, s1, p1x1) } relu; conv(13 -> 13, k3, s1x1, p1) }; residual { conv(13 -> 1, k1x1, s2) } else { depthwise(k1, same, d2x1, nobias) relu; conv(13 -> 1, k1, s2) } } }
network! { pub Spatial018(16x7x7) -> 1 { upsample(s1); shuffle(g1); flatten; fc(784 -> 1) } }
network! { pub Spatial019(13x1x1) -> 26x1x1 { residual { shuffle(g1) relu; residual { residual { conv(13 -> 13, k1x1) relu } relu relu; maxpool(k3x3, s1, p1) relu } }; concat { scale { globalmaxpool; conv(13 -> 2, k1) relu; conv(2 -> 13, k1) } relu | shuffle(g1) relu; scale { globalmaxpool; conv(13 -> 4, k1) relu; conv(4 -> 13, k1) }; depthwise(k3, same, d1) relu } } }
network! { pub Spatial020(7x7x7) -> 7x1x1 { adaptivemaxpool(o5x2); globalmaxpool } }
network! { pub Spatial021(1x6x5) -> 30 { residual { concat {  | adaptiveavgpool(o5x3); adaptiveavgpool(o6x5) | conv(1 -> 1, k3, s1, p1) | shuffle(g1) relu relu }; conv(4 -> 6, k1); shuffle(g1); conv(6 -> 1, k3, s1x1, p1x1) }; flatten; scale { fc(30 -> 9) relu; fc(9 -> 30) } } }
network! { pub Spatial022(14x7x1) -> 14x1x1 { globalmaxpool; globalavgpool } }
network! { pub Spatial023(17x3x3) -> 34x1x1 { concat { adaptiveavgpool(o5x3); adaptiveavgpool(o3) | relu; conv(17 -> 17, k3, s1, p1) }; globalmaxpool } }
network! { pub Spatial024(5x1x1) -> 5x1x1 { adaptiveavgpool(o1x1) } }
network! { pub Spatial025(17x5x5) -> 12x1x1 { residual { reshape(425); reshape(17, 5, 5); conv(17 -> 5, k1) } else { conv(17 -> 17, k1); conv(17 -> 5, k1) }; split { reshape(25); reshape(1, 5, 5) | depthwise(k5, same, nobias); pad(p1); depthwise(k3) relu | depthwise(k3, same) |  | conv(1 -> 8, k1x1) }; globalavgpool } }
network! { pub Spatial026(17x7x2) -> 17x1x1 { globalavgpool; adaptiveavgpool(o3); depthwise(k5, s1, p1, nobias) } }
network! { pub Spatial027(3x1x1) -> 12x1x1 { residual { reshape(3); reshape(3, 1, 1) relu; conv(3 -> 14, k1x1) relu; conv(14 -> 4, k3, s1x1, p1) } else { shuffle(g1); split { upsample(s2); maxpool(k2) relu; conv(1 -> 12, k3, s1, p1) relu | shuffle(g1) relu | relu; adaptiveavgpool(o5x3); adaptiveavgpool(o1); depthwise(k3x3, same) relu } relu; conv(14 -> 4, k3, s1, p1) }; concat { depthwise(k2x5, same); scale { conv(4 -> 6, k1) relu; conv(6 -> 4, k3, s1x1, p1) }; conv(4 -> 4, k3, s1x1, p1) | conv(4 -> 4, k3, s1, p1) |  } } }
network! { pub Spatial028(10x9x2) -> 7 { globalmaxpool; adaptivemaxpool(o7x2); flatten; scale { fc(140 -> 13) relu; fc(13 -> 140) }; fc(140 -> 7) } }
network! { pub Spatial029(9x7x7) -> 2x4x4 { residual { conv(9 -> 2, k1, s2x2) } else { relu; conv(9 -> 2, k1, s2) } } }
network! { pub Spatial030(19x5x5) -> 19x1x1 { globalavgpool } }
network! { pub Spatial031(19x5x5) -> 4 { split {  }; flatten; residual { fc(475 -> 4) relu; fc(4 -> 475) }; fc(475 -> 4) } }
network! { pub Spatial032(7x2x2) -> 7x1x1 { pad(top = 0, bottom = 1, left = 3, right = 1); depthwise(k3x3, s2x1, p2, nobias); globalavgpool } }
network! { pub Spatial033(15x3x3) -> 60x1x1 { residual { conv(15 -> 9, k1); depthwise(k5, same, d1x2); scale { globalmaxpool; conv(9 -> 1, k1) relu; conv(1 -> 9, k1) }; conv(9 -> 15, k1x1) }; split { depthwise(k5, same) }; concat { avgpool(k3, s1, p1x1); shuffle(g1) relu; conv(15 -> 15, k1) relu | shuffle(g5) | relu; depthwise(k2, same, d1) relu; conv(15 -> 15, k3, s1, p1x1) relu | maxpool(k3, s1, p1) }; globalavgpool } }
network! { pub Spatial034(4x4x4) -> 4x1x1 { adaptiveavgpool(o2); globalmaxpool } }
network! { pub Spatial035(16x3x3) -> 2x3x3 { scale { globalavgpool; conv(16 -> 3, k1) relu; conv(3 -> 16, k1) }; conv(16 -> 2, k1) } }
network! { pub Spatial036(13x3x5) -> 13x2x2 { shuffle(g1); globalmaxpool; adaptivemaxpool(o2) } }
network! { pub Spatial037(15x6x6) -> 1x6x6 { residual { relu }; residual { concat {  | conv(15 -> 11, k3x3, s1, p1); pad(p1); depthwise(k3x3) | depthwise(k5, same) } relu; depthwise(k5, same) relu; avgpool(k3, s1x1, p1) relu; conv(41 -> 15, k3, s1, p1) }; residual { avgpool(k3, s1, p1) }; conv(15 -> 1, k1x1) } }
network! { pub Spatial038(16x3x3) -> 4 { adaptiveavgpool(o4); flatten; fc(256 -> 4) } }
network! { pub Spatial039(5x4x9) -> 31x1x1 { concat { shuffle(g1); split {  | relu | shuffle(g1); shuffle(g1); pad(p1); depthwise(k3x3) | shuffle(g1); shuffle(g1); conv(1 -> 2, k1) | upsample(s2); maxpool(k2) relu; conv(1 -> 1, k3, s1x1, p1) relu }; depthwise(k2, same, d2x1, nobias) | concat { conv(5 -> 5, k1); avgpool(k3, s1, p1) | conv(5 -> 5, k3, s1x1, p1); shuffle(g5) relu |  |  } | residual { upsample(s2x2); maxpool(k2) relu } relu; scale { conv(5 -> 5, k1x1); depthwise(k1, same); depthwise(k3, same); conv(5 -> 5, k1) } relu; pad(p1); depthwise(k3) }; residual { residual { conv(31 -> 7, k3, s1, p1); depthwise(k1, same, d1); shuffle(g7) relu; conv(7 -> 31, k3x3, s1, p1) } relu; conv(31 -> 31, k1) relu }; residual { conv(31 -> 6, k3, s1, p1); conv(6 -> 31, k3, s1, p1) }; globalavgpool } }
network! { pub Spatial040(9x9x3) -> 26 { globalmaxpool; adaptiveavgpool(o1); flatten; concat { fc(9 -> 8) |  | relu } } }
network! { pub Spatial041(13x2x2) -> 26x1x1 { split {  }; concat { conv(13 -> 13, k1) relu; scale { globalmaxpool; conv(13 -> 6, k1) relu; conv(6 -> 13, k1) } | relu; scale { globalavgpool; conv(13 -> 1, k1) relu; conv(1 -> 13, k1x1) } }; scale { globalavgpool; conv(26 -> 4, k1) relu; conv(4 -> 26, k1) }; globalmaxpool } }
network! { pub Spatial042(7x4x4) -> 3 { shuffle(g1); shuffle(g7); flatten; fc(112 -> 3) } }
network! { pub Spatial043(13x5x9) -> 5x1x1 { concat { conv(13 -> 13, k3, s1, p1x1); maxpool(k3, s1, p1); residual { relu; pad(p1); depthwise(k3) } |  }; residual { adaptiveavgpool(o5x3); adaptiveavgpool(o5x9); conv(26 -> 5, k3, s1, p1) } else { split { conv(13 -> 9, k1) |  } relu; avgpool(k3, s1, p1); conv(22 -> 5, k3x3, s1, p1) }; globalmaxpool } }
network! { pub Spatial044(12x3x3) -> 12x1x1 { globalmaxpool; shuffle(g1) } }
network! { pub Spatial045(4x4x4) -> 4x1x1 { residual { shuffle(g4); shuffle(g4) relu; residual { conv(4 -> 1, k1) } else { conv(4 -> 14, k3, s1x1, p1); conv(14 -> 1, k1x1) } relu; conv(1 -> 4, k3, s1, p1) }; globalmaxpool } }
network! { pub Spatial046(14x9x9) -> 14 { pad(top = 2, bottom = 1, right = 0); globalmaxpool; shuffle(g14); flatten; residual { fc(14 -> 14) relu } else { fc(14 -> 14) } } }
network! { pub Spatial047(18x6x9) -> 1x6x9 { split { relu; avgpool(k3, s1, p1x1) | avgpool(k3x3, s1x1, p1) | depthwise(k3, same, nobias); pad(top = 1, bottom = 1, left = 1, right = 1); depthwise(k3) }; conv(18 -> 1, k1) } }
network! { pub Spatial048(16x3x3) -> 16x1x1 { globalavgpool } }
network! { pub Spatial049(10x1x7) -> 4 { scale { conv(10 -> 10, k1) }; scale { globalavgpool; conv(10 -> 6, k1) relu; conv(6 -> 10, k1) }; split { concat { shuffle(g1) relu | avgpool(k3x3, s1, p1) relu; conv(2 -> 2, k3, s1, p1) |  | relu } relu |  | shuffle(g2) | pad(top = 1, bottom = 1, left = 1, right = 1); depthwise(k3); split { shuffle(g2); pad(p1); depthwise(k3) relu }; residual { adaptiveavgpool(o5x3); adaptiveavgpool(o1x7) relu; conv(2 -> 11, k3, s1, p1) } else { conv(2 -> 11, k3, s1, p1x1) } |  }; flatten; fc(175 -> 4) } }
network! { pub Spatial050(3x6x6) -> 2x5x5 { adaptiveavgpool(o5); adaptivemaxpool(o5); upsample(s1); conv(3 -> 2, k1) } }
network! { pub Spatial051(1x9x2) -> 12x5x1 { concat { residual { conv(1 -> 1, k1) relu; shuffle(g1) } relu | conv(1 -> 9, k1) relu; residual { depthwise(k1x3, same, nobias) } }; residual { relu; residual { scale { conv(10 -> 10, k3, s1, p1) } relu; conv(10 -> 10, k3x3, s1, p1); conv(10 -> 16, k3, s1x1, p1x1) } else { residual { conv(10 -> 10, k3, s1, p1) }; shuffle(g2); concat { conv(10 -> 10, k3, s1, p1x1); depthwise(k3, same); pad(p1); depthwise(k3x3) |  | avgpool(k3x3, s1x1, p1) relu relu } relu; conv(30 -> 16, k1x1) } relu; conv(16 -> 11, k1x1, s2) } else { relu; split { pad(p1); depthwise(k3) relu; shuffle(g2); scale { globalmaxpool; conv(10 -> 2, k1) relu; conv(2 -> 10, k1x1) } }; conv(10 -> 10, k3, s1x1, p1); conv(10 -> 11, k1, s2x2) }; concat { pad(top = 1, bottom = 1, left = 1, right = 1); depthwise(k3) relu; residual { depthwise(k2x5, same, nobias) }; conv(11 -> 1, k1) | conv(11 -> 11, k1x1); conv(11 -> 11, k1); residual { conv(11 -> 2, k1); conv(2 -> 8, k1); conv(8 -> 11, k1) } } } }
network! { pub Spatial052(5x3x3) -> 45 { reshape(15, 3, 1); reshape(45) } }
network! { pub Spatial053(8x9x9) -> 8x1x1 { scale { globalmaxpool; conv(8 -> 5, k1) relu; conv(5 -> 8, k1) }; globalmaxpool } }
network! { pub Spatial054(13x1x1) -> 13x1x1 { depthwise(k3x3, s3, p1); adaptivemaxpool(o2x1); adaptivemaxpool(o3x2); globalmaxpool } }
network! { pub Spatial055(3x5x1) -> 3x5x1 { split {  |  | shuffle(g1) relu; pad(top = 1, bottom = 1, left = 1, right = 1); depthwise(k3); conv(1 -> 1, k1) relu } } }
network! { pub Spatial056(17x2x1) -> 17x1x1 { adaptiveavgpool(o1); globalavgpool; upsample(s2, bilinear); globalavgpool } }
network! { pub Spatial057(5x3x3) -> 4x3x3 { split { relu; shuffle(g1) relu | residual { conv(1 -> 1, k1) relu; avgpool(k3, s1, p1); conv(1 -> 15, k1) relu; conv(15 -> 1, k3, s1, p1) } relu | residual { shuffle(g1); conv(1 -> 1, k3x3, s1x1, p1) relu } relu; concat {  | reshape(9); reshape(1, 3, 3); conv(1 -> 16, k1x1) relu |  |  }; maxpool(k3, s1, p1x1) | maxpool(k3, s1, p1x1); residual { conv(1 -> 15, k1); avgpool(k3, s1, p1) relu; maxpool(k3, s1, p1); conv(15 -> 1, k3, s1, p1) } else { conv(1 -> 1, k1x1) } relu | split {  } }; conv(23 -> 4, k1) } }
network! { pub Spatial058(11x1x1) -> 11x1x1 { upsample(s3x1); shuffle(g11); globalmaxpool } }
network! { pub Spatial059(7x4x2) -> 4 { residual { shuffle(g7) relu }; concat { shuffle(g7) relu; depthwise(k3, same) relu | maxpool(k3, s1, p1) }; concat { conv(14 -> 14, k3, s1, p1) relu; depthwise(k5, same, d2x2); maxpool(k3, s1, p1x1) | conv(14 -> 14, k3, s1, p1); conv(14 -> 14, k1) relu; depthwise(k2x2, same, d2x1) relu }; flatten; fc(224 -> 4) } }
network! { pub Spatial060(9x5x5) -> 12 { reshape(225); residual { fc(225 -> 3) relu; fc(3 -> 225) }; residual { fc(225 -> 12) relu } else { fc(225 -> 12) } } }
network! { pub Spatial061(1x5x5) -> 10x1x1 { split { scale { globalmaxpool; conv(1 -> 3, k1) relu; conv(3 -> 1, k1) } relu; conv(1 -> 1, k3, s1, p1x1); residual { upsample(s2x2); maxpool(k2) relu; conv(1 -> 1, k3, s1x1, p1); conv(1 -> 10, k1) } else { conv(1 -> 10, k3, s1, p1) } relu }; globalmaxpool } }
network! { pub Spatial062(16x5x4) -> 16x1x1 { upsample(s3, bilinear, corners); adaptivemaxpool(o5); globalmaxpool } }
network! { pub Spatial063(3x5x5) -> 9x1x1 { residual { residual { conv(3 -> 6, k1) } else { conv(3 -> 6, k1x1) }; residual { shuffle(g6); avgpool(k3, s1, p1x1) relu; conv(6 -> 2, k1) } else { shuffle(g6); conv(6 -> 2, k1) } relu; conv(2 -> 9, k3x3, s1, p1) } else { residual { conv(3 -> 3, k1) relu relu; avgpool(k3x3, s1, p1); conv(3 -> 14, k3x3, s1x1, p1) } else { reshape(75); reshape(3, 5, 5); depthwise(k2x3, same); shuffle(g3); conv(3 -> 14, k3x3, s1, p1) }; conv(14 -> 9, k3, s1x1, p1) }; globalavgpool } }
network! { pub Spatial064(5x7x7) -> 7 { adaptivemaxpool(o3x7); flatten; scale { fc(105 -> 14) relu; fc(14 -> 105) }; fc(105 -> 7) } }
network! { pub Spatial065(15x6x6) -> 16x1x1 { residual { conv(15 -> 11, k1) relu; depthwise(k3x3, same, nobias); conv(11 -> 16, k1, s2) } else { conv(15 -> 3, k1x1); avgpool(k3, s1x1, p1); depthwise(k1, same, d2) relu; conv(3 -> 16, k1, s2) }; globalavgpool } }
network! { pub Spatial066(9x5x1) -> 9x3x2 { depthwise(k3, s3x2, p2, d1); shuffle(g9) } }
network! { pub Spatial067(9x1x1) -> 16 { split { conv(9 -> 9, k3, s1, p1) relu relu; depthwise(k5x5, same) }; residual { conv(9 -> 12, k1) relu; conv(12 -> 12, k1) relu relu; conv(12 -> 16, k1) } else { conv(9 -> 9, k3, s1, p1); conv(9 -> 16, k3x3, s1, p1) }; residual { conv(16 -> 16, k3, s1, p1) relu relu; conv(16 -> 4, k3, s1, p1); conv(4 -> 16, k3x3, s1, p1x1) }; flatten; residual { fc(16 -> 11) relu; fc(11 -> 16) } } }
network! { pub Spatial068(8x3x3) -> 4 { upsample(s2x2); depthwise(k3x5, same); adaptiveavgpool(o3); flatten; residual { fc(72 -> 4) relu; fc(4 -> 72) }; fc(72 -> 4) } }
network! { pub Spatial069(1x3x3) -> 1x3x3 { residual { concat { shuffle(g1); scale { globalmaxpool; conv(1 -> 5, k1x1) relu; conv(5 -> 1, k1) }; depthwise(k3x3, same) |  | shuffle(g1) relu; split { pad(top = 1, bottom = 1, left = 1, right = 1); depthwise(k3) } | reshape(9); reshape(1, 3, 3); residual { conv(1 -> 1, k1) relu; maxpool(k3, s1x1, p1) relu; conv(1 -> 10, k3, s1, p1x1) } else { relu; conv(1 -> 10, k3, s1x1, p1) } relu }; residual { residual { conv(13 -> 18, k3x3, s1, p1x1) } else { conv(13 -> 13, k1); conv(13 -> 19, k1); conv(19 -> 18, k1) }; conv(18 -> 17, k1) } else { residual { depthwise(k2x3, same); maxpool(k3, s1, p1x1) }; conv(13 -> 17, k3, s1, p1) }; conv(17 -> 1, k3, s1, p1x1) }; residual { residual { conv(1 -> 1, k1x1) } else { relu; depthwise(k2, same, d2); shuffle(g1); conv(1 -> 1, k1x1) }; upsample(s2x2); maxpool(k2); avgpool(k3, s1x1, p1x1) }; residual { relu relu; residual { shuffle(g1) relu; depthwise(k3x3, same); conv(1 -> 2, k1) } else { pad(p1); depthwise(k3x3) relu; conv(1 -> 1, k1); shuffle(g1) relu; conv(1 -> 2, k3, s1, p1) }; conv(2 -> 1, k3, s1, p1x1) } } }
network! { pub Spatial070(6x7x7) -> 6x1x1 { globalavgpool } }
network! { pub Spatial071(17x3x3) -> 5 { concat { shuffle(g1) |  }; flatten; residual { fc(306 -> 5) relu; fc(5 -> 306) }; fc(306 -> 5) } }
network! { pub Spatial072(14x6x5) -> 14x1x1 { adaptiveavgpool(o1); adaptiveavgpool(o7x1); globalavgpool } }
network! { pub Spatial073(5x7x7) -> 5x1x1 { scale { globalavgpool; conv(5 -> 2, k1x1) relu; conv(2 -> 5, k1x1) }; split { scale { globalavgpool; conv(5 -> 2, k1) relu; conv(2 -> 5, k1) } relu }; globalmaxpool } }
network! { pub Spatial074(7x2x6) -> 28 { adaptiveavgpool(o2); globalavgpool; shuffle(g1); flatten; concat { fc(7 -> 14) |  | relu } } }
network! { pub Spatial075(8x6x6) -> 4 { scale { globalavgpool; conv(8 -> 5, k1) relu; conv(5 -> 8, k1) }; split { shuffle(g4) relu; avgpool(k3, s1x1, p1); reshape(144); reshape(4, 6, 6) | shuffle(g1) relu }; concat { avgpool(k3x3, s1, p1) |  | shuffle(g4) relu }; flatten; fc(864 -> 4) } }
network! { pub Spatial076(6x1x1) -> 6 { reshape(6); residual { fc(6 -> 18) relu; fc(18 -> 6) } } }
network! { pub Spatial077(15x9x2) -> 1x9x2 { split {  }; scale { globalavgpool; conv(15 -> 3, k1x1) relu; conv(3 -> 15, k1) }; conv(15 -> 1, k1) } }
network! { pub Spatial078(4x2x2) -> 4x1x1 { globalmaxpool } }
network! { pub Spatial079(19x5x5) -> 19x1x1 { residual { relu relu; conv(19 -> 7, k1); conv(7 -> 19, k3, s1, p1) }; scale { concat { pad(top = 1, bottom = 1, left = 1, right = 1); depthwise(k3) | conv(19 -> 11, k3, s1, p1) relu | relu relu } relu; split {  }; depthwise(k3x3, same) relu; conv(49 -> 19, k1) }; globalmaxpool } }
network! { pub Spatial080(2x5x1) -> 16 { depthwise(k3, s3, p1, nobias); flatten; residual { fc(4 -> 16) relu } else { fc(4 -> 16) } } }
network! { pub Spatial081(11x5x5) -> 1x5x5 { residual { relu; residual { relu; conv(11 -> 19, k3, s1, p1) } else { conv(11 -> 19, k3, s1, p1); conv(19 -> 19, k1x1) }; conv(19 -> 11, k3x3, s1, p1) }; residual { concat { depthwise(k5x3, same, d1); conv(11 -> 11, k1); conv(11 -> 7, k1) | reshape(275); reshape(11, 5, 5) relu; maxpool(k3, s1, p1) relu | relu }; conv(29 -> 11, k3, s1x1, p1x1) }; residual { conv(11 -> 11, k1) }; conv(11 -> 1, k1) } }
network! { pub Spatial082(2x6x6) -> 2x1x1 { pad(p1); globalavgpool } }
network! { pub Spatial083(16x4x4) -> 9 { split { relu; pad(p1); depthwise(k3); depthwise(k1x5, same, nobias) | upsample(s2x2, bilinear); maxpool(k2) relu; conv(4 -> 4, k1); shuffle(g2) |  | shuffle(g2) relu; shuffle(g4); conv(4 -> 5, k1) }; split { conv(17 -> 17, k3, s1, p1x1) }; split {  }; flatten; residual { fc(272 -> 5) relu; fc(5 -> 272) }; fc(272 -> 9) } }
network! { pub Spatial084(10x5x5) -> 10x1x1 { shuffle(g2); globalmaxpool } }
network! { pub Spatial085(9x2x2) -> 36 { scale { conv(9 -> 9, k1) }; flatten; residual { fc(36 -> 18) relu; fc(18 -> 36) } } }
network! { pub Spatial086(10x5x7) -> 1x4x5 { depthwise(k1, s2x2, p1); conv(10 -> 1, k1) } }
network! { pub Spatial087(9x7x7) -> 2 { residual { maxpool(k3, s1, p1) relu; shuffle(g3) relu; conv(9 -> 8, k3, s1x1, p1) } else { relu; pad(top = 1, bottom = 1, left = 1, right = 1); depthwise(k3) relu; conv(9 -> 8, k1) }; scale { conv(8 -> 8, k1) }; flatten; concat { fc(392 -> 6) |  | relu }; fc(790 -> 2) } }
network! { pub Spatial088(1x5x5) -> 10 { adaptivemaxpool(o2x5); pad(p0); shuffle(g1); flatten; residual { fc(10 -> 19) relu; fc(19 -> 10) } } }
network! { pub Spatial089(2x9x1) -> 4x9x1 { residual { relu; shuffle(g2); conv(2 -> 2, k3, s1, p1) }; concat { relu | conv(2 -> 2, k1) relu } } }
network! { pub Spatial090(13x5x5) -> 7 { reshape(5, 65, 1); flatten; concat { fc(325 -> 15) |  | relu }; fc(665 -> 7) } }
network! { pub Spatial091(9x5x5) -> 20 { residual { conv(9 -> 9, k1, s2) } else { conv(9 -> 9, k1x1, s2) }; residual { concat { avgpool(k3x3, s1, p1) relu | upsample(s2); maxpool(k2) | maxpool(k3, s1x1, p1); depthwise(k5x5, same) |  }; depthwise(k2, same, d2); conv(36 -> 5, k1, s2) } else { concat { avgpool(k3, s1, p1) relu; conv(9 -> 9, k1) relu; depthwise(k2, same, d2) |  }; conv(18 -> 5, k1x1, s2x2) }; flatten; residual { fc(20 -> 13) relu; fc(13 -> 20) } } }
network! { pub Spatial092(13x7x2) -> 13x1x1 { pad(bottom = 1); globalavgpool } }
network! { pub Spatial093(6x9x9) -> 3 { residual { concat { depthwise(k5, same, d1); conv(6 -> 6, k1); reshape(486); reshape(6, 9, 9) |  | conv(6 -> 2, k1) relu relu | conv(6 -> 3, k1x1); pad(p1); depthwise(k3) relu } relu; conv(17 -> 4, k1x1, s2) } else { relu; conv(6 -> 19, k1x1); conv(19 -> 4, k1, s2x2) }; flatten; scale { fc(100 -> 18) relu; fc(18 -> 100) }; fc(100 -> 3) } }
network! { pub Spatial094(1x3x3) -> 1x3x3 { upsample(s1, bilinear, corners) } }
network! { pub Spatial095(5x2x7) -> 5x1x1 { scale { globalmaxpool; conv(5 -> 1, k1) relu; conv(1 -> 5, k1x1) }; globalavgpool } }
network! { pub Spatial096(11x4x4) -> 11x1x1 { adaptivemaxpool(o2); globalmaxpool } }
network! { pub Spatial097(9x6x7) -> 9x1x1 { residual { avgpool(k3, s1, p1x1) relu; adaptivemaxpool(o5x3); adaptivemaxpool(o6x7); conv(9 -> 9, k3, s1, p1x1) relu }; globalavgpool } }
network! { pub Spatial098(7x7x7) -> 3 { shuffle(g1); globalavgpool; pad(top = 3, bottom = 3, left = 1, right = 1); flatten; fc(147 -> 3) } }
network! { pub Spatial099(15x6x6) -> 2x3x3 { residual { scale { globalavgpool; conv(15 -> 5, k1x1) relu; conv(5 -> 15, k1) }; conv(15 -> 2, k1, s2x2) } else { conv(15 -> 15, k3, s1, p1) relu; depthwise(k1x3, same, nobias); conv(15 -> 2, k1x1, s2) } } }
network! { pub Spatial100(2x3x3) -> 52 { adaptiveavgpool(o3x4); flatten; concat { fc(24 -> 4) |  | relu } } }
network! { pub Spatial101(7x6x3) -> 16x1x1 { split { split { avgpool(k3, s1, p1x1); conv(7 -> 4, k3, s1, p1x1) }; concat { depthwise(k5, same); maxpool(k3, s1x1, p1) | avgpool(k3, s1, p1x1) relu; shuffle(g1) | depthwise(k3x5, same, nobias) relu |  }; conv(16 -> 16, k1) }; scale { globalmaxpool; conv(16 -> 4, k1) relu; conv(4 -> 16, k1) }; globalavgpool } }
network! { pub Spatial102(15x3x3) -> 15x1x1 { upsample(s2, bilinear, corners); shuffle(g1); shuffle(g3); globalmaxpool } }
network! { pub Spatial103(15x9x9) -> 6 { residual { conv(15 -> 6, k1, s2) } else { conv(15 -> 19, k1); conv(19 -> 6, k1, s2) }; flatten; concat { fc(150 -> 3) |  | relu }; fc(303 -> 6) } }
network! { pub Spatial104(17x5x1) -> 19 { adaptivemaxpool(o3); flatten; residual { fc(153 -> 19) relu } else { fc(153 -> 19) } } }
network! { pub Spatial105(15x5x1) -> 12x5x1 { residual { concat { maxpool(k3, s1, p1x1); upsample(s2, bilinear); maxpool(k2x2) | conv(15 -> 11, k3, s1, p1) | avgpool(k3x3, s1, p1); depthwise(k2x3, same) }; adaptivemaxpool(o5x3); adaptivemaxpool(o5x1); conv(41 -> 4, k1) } else { scale { maxpool(k3, s1x1, p1); conv(15 -> 15, k1); upsample(s2, bilinear); maxpool(k2); conv(15 -> 15, k1) }; depthwise(k3, same, nobias); conv(15 -> 4, k1) }; concat {  | upsample(s2, bilinear); maxpool(k2) | relu; split {  | split { maxpool(k3, s1x1, p1) relu } relu; residual { shuffle(g2); depthwise(k2, same) }; adaptiveavgpool(o5x3); adaptiveavgpool(o5x1) } } } }
network! { pub Spatial106(4x7x7) -> 4x1x1 { globalmaxpool } }
network! { pub Spatial107(4x3x3) -> 18x1x1 { concat { conv(4 -> 14, k1); conv(14 -> 14, k1) relu | maxpool(k3, s1, p1x1) }; split {  | split {  }; conv(9 -> 9, k3, s1x1, p1x1); split { avgpool(k3, s1, p1x1); reshape(81); reshape(9, 3, 3) } }; globalavgpool } }
network! { pub Spatial108(18x6x2) -> 3 { shuffle(g9); flatten; fc(216 -> 3) } }
network! { pub Spatial109(18x3x3) -> 11x2x2 { residual { concat { depthwise(k5x2, same) relu relu | adaptiveavgpool(o5x3); adaptiveavgpool(o3); depthwise(k3x5, same, d1x1, nobias) relu; depthwise(k3x3, same) |  | conv(18 -> 14, k1); conv(14 -> 13, k3x3, s1, p1x1) relu }; conv(67 -> 3, k3, s1, p1); conv(3 -> 11, k1, s2) } else { residual { maxpool(k3, s1, p1); conv(18 -> 12, k1x1) } else { conv(18 -> 12, k3, s1, p1) } relu; conv(12 -> 11, k1x1, s2x2) } } }
network! { pub Spatial110(7x5x5) -> 7x2x2 { globalmaxpool; upsample(s2, bilinear) } }
network! { pub Spatial111(4x1x3) -> 12 { scale { globalmaxpool; conv(4 -> 1, k1) relu; conv(1 -> 4, k1) }; residual { conv(4 -> 19, k3, s1, p1) relu; maxpool(k3x3, s1, p1x1) relu; conv(19 -> 19, k1x1); conv(19 -> 4, k1x1) }; flatten; scale { fc(12 -> 9) relu; fc(9 -> 12) } } }
network! { pub Spatial112(15x2x2) -> 15x1x1 { globalmaxpool; depthwise(k5x5, s1, p2, nobias) } }
network! { pub Spatial113(16x9x9) -> 16x1x1 { split { conv(16 -> 16, k1) }; globalmaxpool } }
network! { pub Spatial114(11x7x2) -> 4 { upsample(s3, bilinear); depthwise(k3, s3, p2, nobias); flatten; scale { fc(264 -> 10) relu; fc(10 -> 264) }; fc(264 -> 4) } }
network! { pub Spatial115(8x7x7) -> 3 { scale { conv(8 -> 8, k1) relu; concat { conv(8 -> 10, k1x1) relu | relu; maxpool(k3, s1, p1x1) relu; pad(p1); depthwise(k3) | shuffle(g2) } relu; conv(26 -> 8, k1) }; concat { adaptivemaxpool(o5x3); adaptivemaxpool(o7); concat {  | shuffle(g4); conv(8 -> 9, k1); avgpool(k3x3, s1, p1) |  } | depthwise(k2x3, same, nobias) relu; split { shuffle(g2); upsample(s2); maxpool(k2); avgpool(k3, s1, p1) | conv(2 -> 2, k3, s1, p1); upsample(s2x2); maxpool(k2) | conv(2 -> 6, k3, s1, p1) relu | conv(2 -> 3, k3, s1, p1); shuffle(g3) relu; shuffle(g3) } }; residual { conv(38 -> 38, k1x1) relu relu; depthwise(k5x5, same) }; flatten; fc(1862 -> 3) } }
network! { pub Spatial116(19x9x9) -> 52 { adaptivemaxpool(o1); flatten; concat { fc(19 -> 14) |  | relu } } }
network! { pub Spatial117(5x1x1) -> 2x1x1 { residual { conv(5 -> 13, k3x3, s1, p1); maxpool(k3, s1, p1x1) relu; conv(13 -> 2, k1) } else { depthwise(k5x5, same, nobias); conv(5 -> 7, k1x1) relu; conv(7 -> 2, k3x3, s1, p1x1) }; residual { depthwise(k3, same, d1x1); upsample(s2); maxpool(k2) relu } } }
network! { pub Spatial118(19x3x2) -> 6 { pad(top = 1, bottom = 3, left = 2); reshape(532); fc(532 -> 6) } }
network! { pub Spatial119(4x5x6) -> 2 { residual { depthwise(k3, same, nobias) }; flatten; fc(120 -> 2) } }
network! { pub Spatial120(17x2x4) -> 1x17x1 { pad(p0); globalavgpool; reshape(1, 17, 1) } }
network! { pub Spatial121(19x5x2) -> 7x3x1 { residual { depthwise(k5, same); concat { upsample(s2); maxpool(k2); conv(19 -> 19, k3, s1x1, p1) | shuffle(g19) }; conv(38 -> 7, k1, s2) } else { shuffle(g19); residual { avgpool(k3, s1, p1x1); avgpool(k3, s1, p1x1); shuffle(g19) }; conv(19 -> 7, k1, s2x2) } } }
network! { pub Spatial122(6x3x3) -> 6x7x1 { adaptiveavgpool(o4); globalmaxpool; adaptivemaxpool(o7x1) } }
network! { pub Spatial123(4x7x2) -> 4x7x2 { scale { conv(4 -> 14, k1) relu; conv(14 -> 4, k1x1) }; scale { globalavgpool; conv(4 -> 2, k1) relu; conv(2 -> 4, k1x1) }; scale { globalavgpool; conv(4 -> 1, k1x1) relu; conv(1 -> 4, k1) } } }
network! { pub Spatial124(18x2x2) -> 9x1x2 { pad(p0x1); depthwise(k5, s2, p2x1, nobias); reshape(9, 1, 2) } }
network! { pub Spatial125(5x2x5) -> 5x2x5 { split { conv(5 -> 5, k3, s1, p1) relu; reshape(50); reshape(5, 2, 5); conv(5 -> 5, k3, s1, p1) }; scale { depthwise(k3, same); conv(5 -> 12, k1); concat { shuffle(g4) relu; depthwise(k1, same, d2); maxpool(k3, s1, p1) |  | depthwise(k5x5, same, nobias); shuffle(g4) relu | conv(12 -> 12, k3, s1x1, p1); pad(top = 1, bottom = 1, left = 1, right = 1); depthwise(k3) }; conv(48 -> 5, k1x1) } } }
network! { pub Spatial126(1x4x6) -> 1x3x4 { depthwise(k1, s2, p1, d2) } }
network! { pub Spatial127(5x7x9) -> 4 { concat {  | depthwise(k5x1, same) relu; conv(5 -> 5, k1) | conv(5 -> 1, k1); avgpool(k3x3, s1x1, p1); upsample(s2x2); maxpool(k2) |  }; flatten; fc(1008 -> 4) } }
network! { pub Spatial128(14x1x1) -> 14x1x1 { shuffle(g14) } }
network! { pub Spatial129(1x1x7) -> 2x1x7 { concat { conv(1 -> 1, k1) relu; concat { residual { conv(1 -> 5, k1) } else { depthwise(k5, same); conv(1 -> 5, k3, s1, p1) } relu; split { shuffle(g1) relu | shuffle(g1); conv(1 -> 1, k3, s1, p1x1); reshape(7); reshape(1, 1, 7) relu | adaptiveavgpool(o5x3); adaptiveavgpool(o1x7); conv(1 -> 1, k1) | avgpool(k3, s1, p1x1) relu; conv(1 -> 4, k3, s1, p1) relu | conv(1 -> 7, k1) relu relu }; scale { globalavgpool; conv(14 -> 2, k1) relu; conv(2 -> 14, k1) } relu | residual { shuffle(g1) relu; depthwise(k1x1, same, nobias) relu }; depthwise(k1x1, same, d2x1) relu; concat {  | conv(1 -> 3, k3x3, s1, p1); avgpool(k3, s1, p1) relu | avgpool(k3, s1, p1); pad(p1); depthwise(k3x3) | conv(1 -> 1, k1) relu } } | split {  } relu | residual { shuffle(g1); avgpool(k3, s1, p1); conv(1 -> 18, k3, s1x1, p1) } else { conv(1 -> 18, k3, s1, p1x1) }; concat { adaptiveavgpool(o5x3); adaptiveavgpool(o1x7) relu; scale { globalmaxpool; conv(18 -> 1, k1) relu; conv(1 -> 18, k1) } relu | depthwise(k1, same, nobias) }; scale { globalmaxpool; conv(36 -> 6, k1) relu; conv(6 -> 36, k1x1) } relu }; conv(57 -> 2, k1) } }
network! { pub Spatial130(17x9x9) -> 17x1x1 { adaptivemaxpool(o3x7); adaptiveavgpool(o3x4); globalmaxpool } }
network! { pub Spatial131(16x3x3) -> 2x3x3 { scale { globalmaxpool; conv(16 -> 5, k1) relu; conv(5 -> 16, k1) }; residual { shuffle(g1); upsample(s2); maxpool(k2x2); shuffle(g4) }; residual { concat { avgpool(k3, s1, p1x1) | reshape(144); reshape(16, 3, 3) relu; conv(16 -> 16, k3, s1, p1x1) }; conv(32 -> 16, k3x3, s1, p1) }; conv(16 -> 2, k1) } }
network! { pub Spatial132(18x3x9) -> 1 { globalmaxpool; adaptivemaxpool(o4); flatten; fc(288 -> 1) } }
network! { pub Spatial133(15x2x2) -> 15x2x2 { residual { relu; pad(p1); depthwise(k3) relu }; residual { depthwise(k3x3, same, d1x1) relu }; residual { residual { depthwise(k2, same, d2x2); conv(15 -> 15, k3, s1, p1x1); depthwise(k5x2, same, nobias) relu; conv(15 -> 18, k3, s1, p1) } else { conv(15 -> 15, k1) relu; conv(15 -> 18, k3, s1, p1) }; conv(18 -> 15, k3x3, s1, p1x1) } } }
network! { pub Spatial134(18x6x9) -> 18x1x1 { globalavgpool; adaptivemaxpool(o3); adaptiveavgpool(o7); globalavgpool } }
network! { pub Spatial135(10x2x2) -> 40 { split { depthwise(k5, same, nobias); shuffle(g5) }; flatten; scale { fc(40 -> 18) relu; fc(18 -> 40) } } }
network! { pub Spatial136(2x5x5) -> 50 { reshape(50) } }
network! { pub Spatial137(3x9x9) -> 3x1x1 { residual { residual { relu; depthwise(k2, same) relu } relu; conv(3 -> 16, k3, s1, p1); conv(16 -> 3, k1) }; globalmaxpool } }
network! { pub Spatial138(9x6x6) -> 9x1x1 { shuffle(g1); shuffle(g9); globalavgpool } }
network! { pub Spatial139(17x2x2) -> 10x2x2 { split { shuffle(g1); shuffle(g1); conv(17 -> 10, k3, s1, p1x1) }; scale { globalmaxpool; conv(10 -> 6, k1) relu; conv(6 -> 10, k1) } } }
network! { pub Spatial140(13x4x4) -> 2 { reshape(208); scale { fc(208 -> 6) relu; fc(6 -> 208) }; fc(208 -> 2) } }
network! { pub Spatial141(8x2x2) -> 11x1x1 { residual { conv(8 -> 11, k1, s2) } else { depthwise(k2x2, same, nobias); conv(8 -> 8, k3x3, s1, p1) relu; conv(8 -> 11, k1, s2) } } }
network! { pub Spatial142(14x7x4) -> 14x1x1 { shuffle(g1); pad(top = 1, bottom = 0, left = 0, right = 3); globalmaxpool } }
network! { pub Spatial143(19x3x3) -> 5 { residual { shuffle(g1); conv(19 -> 7, k1, s2x2) } else { conv(19 -> 6, k3, s1, p1) relu; conv(6 -> 6, k1); shuffle(g6) relu; conv(6 -> 7, k1, s2x2) }; concat { maxpool(k3, s1, p1) relu; conv(7 -> 7, k1); avgpool(k3, s1, p1) | depthwise(k5, same, d2x1) relu; conv(7 -> 7, k3, s1x1, p1) }; scale { concat { maxpool(k3, s1, p1) relu; depthwise(k5, same) relu | avgpool(k3, s1, p1) | pad(top = 1, bottom = 1, left = 1, right = 1); depthwise(k3); depthwise(k2x3, same, d2x2, nobias) | relu; conv(14 -> 13, k1) }; conv(55 -> 14, k1) }; flatten; concat { fc(56 -> 1) |  | relu }; fc(113 -> 5) } }
network! { pub Spatial144(9x9x9) -> 8 { reshape(729); fc(729 -> 8) } }
network! { pub Spatial145(12x1x1) -> 9x1x1 { residual { conv(12 -> 12, k3, s1, p1x1) }; residual { maxpool(k3, s1, p1); shuffle(g4); conv(12 -> 1, k3x3, s1x1, p1x1) } else { relu; avgpool(k3x3, s1, p1) relu; conv(12 -> 1, k3, s1x1, p1x1) }; residual { depthwise(k5, same, d1, nobias); conv(1 -> 9, k3x3, s1, p1) } else { reshape(1); reshape(1, 1, 1) relu relu; conv(1 -> 9, k3, s1, p1) } } }
network! { pub Spatial146(1x6x6) -> 1 { upsample(s2, bilinear, corners); globalmaxpool; depthwise(k1x1, same, d1x2, nobias); flatten; residual { fc(1 -> 10) relu; fc(10 -> 1) } } }
network! { pub Spatial147(18x6x7) -> 18x1x1 { scale { globalavgpool; conv(18 -> 6, k1) relu; conv(6 -> 18, k1x1) }; split { relu relu; pad(p1); depthwise(k3x3) relu |  }; globalmaxpool } }
network! { pub Spatial148(14x7x7) -> 14x1x1 { shuffle(g2); globalavgpool } }
network! { pub Spatial149(16x1x5) -> 1 { scale { depthwise(k2x3, same, d1, nobias) relu; adaptiveavgpool(o5x3); adaptiveavgpool(o1x5); conv(16 -> 16, k1) }; flatten; scale { fc(80 -> 16) relu; fc(16 -> 80) }; fc(80 -> 1) } }
network! { pub Activation00(13) -> 13 { relu6 } }
network! { pub Activation01(3x3x4) -> 3x3x4 { relu6 } }
network! { pub Activation02(9x2x3) -> 9x2x3 { maxpool(k1x1); relu6 } }
network! { pub Activation03(9x1x2) -> 18 { maxpool(k1); relu6; flatten; relu6 } }
network! { pub Activation04(13) -> 13 { leakyrelu } }
network! { pub Activation05(3x3x4) -> 3x3x4 { leakyrelu } }
network! { pub Activation06(9x2x3) -> 9x2x3 { maxpool(k1); leakyrelu } }
network! { pub Activation07(9x1x2) -> 18 { maxpool(k1); leakyrelu; flatten; leakyrelu } }
network! { pub Activation08(13) -> 13 { leakyrelu(slope = -0.5) } }
network! { pub Activation09(3x3x4) -> 3x3x4 { leakyrelu(slope = -0.5) } }
network! { pub Activation10(9x2x3) -> 9x2x3 { maxpool(k1); leakyrelu(slope = -0.5) } }
network! { pub Activation11(9x1x2) -> 18 { maxpool(k1); leakyrelu(slope = -0.5); flatten; leakyrelu(slope = -0.5) } }
network! { pub Activation12(13) -> 13 { elu } }
network! { pub Activation13(3x3x4) -> 3x3x4 { elu } }
network! { pub Activation14(9x2x3) -> 9x2x3 { maxpool(k1); elu } }
network! { pub Activation15(9x1x2) -> 18 { maxpool(k1x1); elu; flatten; elu } }
network! { pub Activation16(13) -> 13 { elu(alpha = 2.5) } }
network! { pub Activation17(3x3x4) -> 3x3x4 { elu(alpha = 2.5) } }
network! { pub Activation18(9x2x3) -> 9x2x3 { maxpool(k1); elu(alpha = 2.5) } }
network! { pub Activation19(9x1x2) -> 18 { maxpool(k1); elu(alpha = 2.5); flatten; elu(alpha = 2.5) } }
network! { pub Activation20(13) -> 13 { selu } }
network! { pub Activation21(3x3x4) -> 3x3x4 { selu } }
network! { pub Activation22(9x2x3) -> 9x2x3 { maxpool(k1x1); selu } }
network! { pub Activation23(9x1x2) -> 18 { maxpool(k1x1); selu; flatten; selu } }
network! { pub Activation24(13) -> 13 { gelu } }
network! { pub Activation25(3x3x4) -> 3x3x4 { gelu } }
network! { pub Activation26(9x2x3) -> 9x2x3 { maxpool(k1); gelu } }
network! { pub Activation27(9x1x2) -> 18 { maxpool(k1); gelu; flatten; gelu } }
network! { pub Activation28(13) -> 13 { gelu(tanh) } }
network! { pub Activation29(3x3x4) -> 3x3x4 { gelu(tanh) } }
network! { pub Activation30(9x2x3) -> 9x2x3 { maxpool(k1); gelu(tanh) } }
network! { pub Activation31(9x1x2) -> 18 { maxpool(k1); gelu(tanh); flatten; gelu(tanh) } }
network! { pub Activation32(13) -> 13 { silu } }
network! { pub Activation33(3x3x4) -> 3x3x4 { silu } }
network! { pub Activation34(9x2x3) -> 9x2x3 { maxpool(k1); silu } }
network! { pub Activation35(9x1x2) -> 18 { maxpool(k1); silu; flatten; silu } }
network! { pub Activation36(13) -> 13 { hardswish } }
network! { pub Activation37(3x3x4) -> 3x3x4 { hardswish } }
network! { pub Activation38(9x2x3) -> 9x2x3 { maxpool(k1); hardswish } }
network! { pub Activation39(9x1x2) -> 18 { maxpool(k1); hardswish; flatten; hardswish } }
network! { pub Activation40(13) -> 13 { hardsigmoid } }
network! { pub Activation41(3x3x4) -> 3x3x4 { hardsigmoid } }
network! { pub Activation42(9x2x3) -> 9x2x3 { maxpool(k1); hardsigmoid } }
network! { pub Activation43(9x1x2) -> 18 { maxpool(k1); hardsigmoid; flatten; hardsigmoid } }
network! { pub Activation44(13) -> 13 { sigmoid } }
network! { pub Activation45(3x3x4) -> 3x3x4 { sigmoid } }
network! { pub Activation46(9x2x3) -> 9x2x3 { maxpool(k1x1); sigmoid } }
network! { pub Activation47(9x1x2) -> 18 { maxpool(k1); sigmoid; flatten; sigmoid } }
network! { pub Activation48(13) -> 13 { tanh } }
network! { pub Activation49(3x3x4) -> 3x3x4 { tanh } }
network! { pub Activation50(9x2x3) -> 9x2x3 { maxpool(k1); tanh } }
network! { pub Activation51(9x1x2) -> 18 { maxpool(k1); tanh; flatten; tanh } }
network! { pub Activation52(13) -> 13 { softplus } }
network! { pub Activation53(3x3x4) -> 3x3x4 { softplus } }
network! { pub Activation54(9x2x3) -> 9x2x3 { maxpool(k1x1); softplus } }
network! { pub Activation55(9x1x2) -> 18 { maxpool(k1); softplus; flatten; softplus } }
network! { pub Activation56(13) -> 13 { softplus(beta = 0.5, threshold = 3) } }
network! { pub Activation57(3x3x4) -> 3x3x4 { softplus(beta = 0.5, threshold = 3) } }
network! { pub Activation58(9x2x3) -> 9x2x3 { maxpool(k1); softplus(beta = 0.5, threshold = 3) } }
network! { pub Activation59(9x1x2) -> 18 { maxpool(k1); softplus(beta = 0.5, threshold = 3); flatten; softplus(beta = 0.5, threshold = 3) } }
network! { pub Activation60(13) -> 13 { softplus(beta = 2.5, threshold = 1000.0) } }
network! { pub Activation61(3x3x4) -> 3x3x4 { softplus(beta = 2.5, threshold = 1000.0) } }
network! { pub Activation62(9x2x3) -> 9x2x3 { maxpool(k1x1); softplus(beta = 2.5, threshold = 1000.0) } }
network! { pub Activation63(9x1x2) -> 18 { maxpool(k1); softplus(beta = 2.5, threshold = 1000.0); flatten; softplus(beta = 2.5, threshold = 1000.0) } }
network! { pub Activation64(13) -> 13 { mish } }
network! { pub Activation65(3x3x4) -> 3x3x4 { mish } }
network! { pub Activation66(9x2x3) -> 9x2x3 { maxpool(k1); mish } }
network! { pub Activation67(9x1x2) -> 18 { maxpool(k1); mish; flatten; mish } }
network! { pub Activation68(13) -> 13 { logsoftmax } }
network! { pub Activation69(3x3x4) -> 3x3x4 { logsoftmax } }
network! { pub Activation70(9x2x3) -> 9x2x3 { maxpool(k1x1); logsoftmax } }
network! { pub Activation71(9x1x2) -> 18 { maxpool(k1); logsoftmax; flatten; logsoftmax } }
network! { pub Activation72(13) -> 13 { dropout } }
network! { pub Activation73(3x3x4) -> 3x3x4 { dropout } }
network! { pub Activation74(9x2x3) -> 9x2x3 { maxpool(k1x1); dropout } }
network! { pub Activation75(9x1x2) -> 18 { maxpool(k1); dropout; flatten; dropout } }
network! { pub Activation76(13) -> 13 { dropout(p = 1.0) } }
network! { pub Activation77(3x3x4) -> 3x3x4 { dropout(p = 1.0) } }
network! { pub Activation78(9x2x3) -> 9x2x3 { maxpool(k1x1); dropout(p = 1.0) } }
network! { pub Activation79(9x1x2) -> 18 { maxpool(k1); dropout(p = 1.0); flatten; dropout(p = 1.0) } }
network! { pub Activation80(13) -> 13 { prelu } }
network! { pub Activation81(3x3x4) -> 3x3x4 { prelu } }
network! { pub Activation82(9x2x3) -> 9x2x3 { maxpool(k1); prelu } }
network! { pub Activation83(9x1x2) -> 18 { maxpool(k1); prelu; flatten; prelu } }
network! { pub Activation84(13) -> 13 { prelu(channels) } }
network! { pub Activation85(3x3x4) -> 3x3x4 { prelu(channels) } }
network! { pub Activation86(9x2x3) -> 9x2x3 { maxpool(k1); prelu(channels); prelu(channels) } }
network! { pub Activation87(9x1x2) -> 9x1x2 { maxpool(k1); flatten; prelu(channels); view(-1, 9, 1, 2); prelu(channels) } }
network! { pub Activation88(3x3x4) -> 3x3x4 { lrn(n5) } }
network! { pub Activation89(9x2x3) -> 9x2x3 { maxpool(k1); lrn(n2, alpha = 0.5, beta = 0.5, k = 2.0); maxpool(k1) } }
network! { pub Activation90(13x1x2) -> 13x1x2 { lrn(n3, alpha = 0.01) } }
network! { pub Bn000(6x8x8) -> 12 { bn relu; flatten; bn(eps = 0.1, momentum = 0.01); fc(384 -> 6); bn; fc(6 -> 12); bn } }
network! { pub Bn001(15x3x3) -> 9 { flatten; bn relu; bn(eps = 0.1, momentum = 0.01, noaffine); fc(135 -> 9) } }
network! { pub Bn002(8x8x8) -> 11 { flatten; residual { bn(momentum = 0.01) }; fc(512 -> 11); bn(eps = 0.1); residual { bn } } }
network! { pub Bn003(15x1x1) -> 17 { flatten; bn; fc(15 -> 13); residual { bn(momentum = 0.01) } relu; fc(13 -> 17); bn(eps = 0.1, momentum = 0.01) relu } }
network! { pub Bn004(16x1x1) -> 16x1x1 { bn; conv(16 -> 16, k4, s4, p2, g16); bn(eps = 0.001, momentum = 0.01) relu } }
network! { pub Bn005(10x5x3) -> 3 { maxpool(k3x2, s3, ceil); residual { bn(eps = 0.1) } relu; conv(10 -> 2, k1, p3, nobias); bn relu; flatten; fc(112 -> 3) } }
network! { pub Bn006(9x1x5) -> 9x1x5 { bn; depthwise(k5x5, same, d2, nobias); bn(eps = 0.1) } }
network! { pub Bn007(15x3x1) -> 15x1x2 { maxpool(k3, p0x1, d2, ceil); residual { bn }; conv(15 -> 15, k1, s2, p0x1, g15, nobias); residual { bn(eps = 0.001, noaffine) } relu; conv(15 -> 15, k3, same, g15, nobias); bn(eps = 0.1, momentum = 0.01, noaffine) } }
network! { pub Bn008(17x1x1) -> 17x1x1 { bn(momentum = 0.01) relu } }
network! { pub Bn009(2x8x8) -> 2 { conv(2 -> 14, k3, p0x1, d2, g2); bn relu; conv(14 -> 14, k3x4, s4x3, p2, g14); bn(noaffine); depthwise(k5x2, same, d2x1); bn(eps = 0.1, noaffine); flatten; fc(84 -> 2) } }
network! { pub Bn010(7x5x5) -> 4 { conv(7 -> 4, k1x2, p3x3); bn; flatten; fc(440 -> 4) } }
network! { pub Bn011(17x1x2) -> 11x1x2 { conv(17 -> 11, k2x1, same); bn relu } }
network! { pub Bn012(6x1x5) -> 5 { maxpool(k3x2, ceil); bn(eps = 0.001); flatten; bn relu; fc(18 -> 5); bn } }
network! { pub Bn013(15x8x8) -> 8 { depthwise(k3, same, d2, nobias); bn relu; flatten; fc(960 -> 8) } }
network! { pub Bn014(10x3x3) -> 7 { depthwise(k2, same); bn relu; bn relu; bn(eps = 0.1, momentum = 0.01); flatten; fc(90 -> 7) } }
network! { pub Bn015(13x1x1) -> 8x1x1 { conv(13 -> 8, k3, same); bn relu; depthwise(k3, same, nobias); residual { bn(eps = 0.001) } } }
network! { pub Bn016(9x3x3) -> 1 { depthwise(k2x3, same); bn relu; flatten; fc(81 -> 1) } }
network! { pub Bn017(16x2x8) -> 9 { maxpool(k2, p0, ceil); residual { bn(eps = 0.001) } relu; conv(16 -> 16, k3x2, same); bn(noaffine) relu; flatten; fc(64 -> 9) } }
network! { pub Bn018(19x5x5) -> 14 { conv(19 -> 19, k11, p3, d1, g19); residual { bn(eps = 0.1, momentum = 0.01) }; flatten; bn(eps = 0.001) relu; bn(eps = 0.1, noaffine); fc(19 -> 14); bn relu } }
network! { pub Bn019(3x2x5) -> 16x1x3 { depthwise(k3, same, nobias); bn; conv(3 -> 12, k1, s3, p0x1); bn(momentum = 0.01) relu; conv(12 -> 16, k3, same, g4, nobias); bn(eps = 0.001, momentum = 0.01) } }
network! { pub Bn020(19x5x5) -> 7 { bn; flatten; fc(475 -> 7) } }
network! { pub Bn021(14x1x1) -> 14x1x1 { bn(eps = 0.001, noaffine) } }
network! { pub Bn022(18x8x2) -> 9 { conv(18 -> 9, k4x4, p2x3, g9); bn(eps = 0.1, noaffine) relu; bn; depthwise(k1x3, same); residual { bn(momentum = 0.01) }; flatten; fc(405 -> 9) } }
network! { pub Bn023(16x5x1) -> 13x1x1 { conv(16 -> 13, k5x1, d1x3, nobias); bn(noaffine) relu } }
network! { pub Bn024(6x5x8) -> 12 { bn(eps = 0.1, momentum = 0.01); maxpool(k4, s3); residual { bn } relu; flatten; bn relu } }
network! { pub Bn025(17x3x3) -> 8 { bn relu; depthwise(k3, same, d2); bn(eps = 0.1); flatten; fc(153 -> 8) } }
network! { pub Bn026(7x1x1) -> 7x1x1 { residual { bn(momentum = 0.01, noaffine) } relu; bn relu } }
network! { pub Bn027(2x3x3) -> 2x1x2 { maxpool(k3, s3, ceil); bn; conv(2 -> 2, k2x2, s2, p1x2, g2); bn; residual { bn(momentum = 0.01) } } }
network! { pub Bn028(7x8x3) -> 5x2x2 { conv(7 -> 14, k14x7, p3x2, g7); residual { bn(momentum = 0.01, noaffine) } relu; conv(14 -> 5, k4, s2, p3x3); bn } }
network! { pub Bn029(9x5x5) -> 14 { flatten; bn(momentum = 0.01) relu; fc(225 -> 12); bn(noaffine); bn; fc(12 -> 14); bn(momentum = 0.01) relu } }
network! { pub Bn030(3x1x1) -> 12 { conv(3 -> 15, k1, p1); bn; flatten; bn; fc(135 -> 12); bn(eps = 0.1, noaffine) relu } }
network! { pub Bn031(9x5x5) -> 18 { flatten; bn; fc(225 -> 8); bn(momentum = 0.01) relu; fc(8 -> 12); bn(momentum = 0.01) relu; fc(12 -> 18); bn } }
network! { pub Bn032(5x1x1) -> 11 { bn(eps = 0.001) relu; flatten; bn; bn relu; fc(5 -> 11); bn relu } }
network! { pub Bn033(19x1x1) -> 19x1x1 { maxpool(k1, s2, p0x0, ceil); residual { bn(eps = 0.001) } } }
network! { pub Bn034(18x2x5) -> 18x1x1 { residual { bn(momentum = 0.01, noaffine) }; depthwise(k5, same); residual { bn } relu; maxpool(k2x5, ceil); bn(momentum = 0.01) } }
network! { pub Bn035(12x1x1) -> 12 { depthwise(k1x3, same, d1, nobias); bn(eps = 0.1); depthwise(k2x5, same); bn(momentum = 0.01) relu; flatten; bn relu } }
network! { pub Bn036(18x5x5) -> 16 { flatten; bn(eps = 0.001) relu; fc(450 -> 16); bn(eps = 0.1) relu } }
network! { pub Bn037(15x5x5) -> 15x1x1 { conv(15 -> 15, k9x7, p2x1, g15); bn(momentum = 0.01) relu } }
network! { pub Bn038(6x2x2) -> 6x2x2 { bn(eps = 0.1); conv(6 -> 6, k2, p1, d2, g6); bn(eps = 0.001); depthwise(k3, same); bn(eps = 0.1) } }
network! { pub Bn039(3x2x2) -> 14 { flatten; bn; fc(12 -> 19); bn(eps = 0.1); fc(19 -> 6); bn(eps = 0.1, momentum = 0.01) relu; fc(6 -> 14); bn(eps = 0.1) relu } }
network! { pub Bn040(11x5x5) -> 12x2x1 { maxpool(k4, p0, ceil); bn relu; conv(11 -> 11, k2, same, d2, nobias); bn relu; conv(11 -> 12, k1x3, s3, p1); residual { bn(momentum = 0.01) } relu } }
network! { pub Bn041(19x8x8) -> 4 { maxpool(k2x1, s4, p1x0, d2x1); bn relu; flatten; fc(76 -> 4) } }
network! { pub Bn042(12x2x2) -> 1 { flatten; bn; fc(48 -> 1); bn(eps = 0.001); residual { bn(noaffine) } relu } }
network! { pub Bn043(17x1x1) -> 17x1x1 { maxpool(k1, s4, p0, d3, ceil); bn(noaffine) relu } }
network! { pub Bn044(10x3x3) -> 8x1x3 { conv(10 -> 8, k1, p0x3, d3); bn(noaffine) relu; maxpool(k3, s1x4, ceil); bn(noaffine) } }
network! { pub Bn045(19x2x2) -> 8 { depthwise(k3, same); residual { bn } relu; flatten; bn relu; fc(76 -> 8) } }
network! { pub Bn046(15x2x2) -> 15x1x1 { maxpool(k2x2, s4, d2x2, ceil); residual { bn }; conv(15 -> 15, k3, same, d2, g15); bn } }
network! { pub Bn047(19x2x2) -> 19x1x1 { maxpool(k2, s4x5, d2, ceil); bn } }
network! { pub Bn048(1x3x1) -> 1x3x1 { bn; depthwise(k3x2, same, d1); bn relu } }
network! { pub Bn049(19x2x2) -> 4 { conv(19 -> 19, k5, same, g19); bn relu; depthwise(k1, same, d2); bn(eps = 0.001) relu; flatten; fc(76 -> 4) } }
network! { pub Bn050(5x2x2) -> 5x2x2 { depthwise(k3x3, same); bn(eps = 0.001, momentum = 0.01) } }
network! { pub Bn051(17x5x1) -> 7 { flatten; bn(momentum = 0.01, noaffine) relu; fc(85 -> 16); residual { bn(noaffine) } relu; fc(16 -> 7); residual { bn } } }
network! { pub Bn052(14x5x5) -> 14x1x2 { bn; depthwise(k2, same, nobias); bn(eps = 0.001); conv(14 -> 14, k4, s3, p0x2, g14); bn(momentum = 0.01) } }
network! { pub Bn053(9x5x5) -> 3x1x1 { conv(9 -> 19, k3); bn(eps = 0.001, noaffine) relu; conv(19 -> 19, k5, s2x3, p1); residual { bn } relu; conv(19 -> 3, k3, s5, p1x2, d1); residual { bn } relu } }
network! { pub Bn054(10x2x2) -> 10x1x1 { conv(10 -> 10, k5, s5, p3, g10); bn(eps = 0.001) } }
network! { pub Bn055(7x2x2) -> 14 { flatten; bn(eps = 0.001, noaffine); fc(28 -> 14); bn relu } }
network! { pub Bn056(12x8x8) -> 4 { conv(12 -> 6, k1x5, same, g3); bn(eps = 0.1) relu; residual { bn(eps = 0.001) }; conv(6 -> 6, k1x3, same); bn; flatten; fc(384 -> 4) } }
network! { pub Bn057(5x3x3) -> 8 { bn relu; conv(5 -> 12, k3x3, same, d2, nobias); bn(eps = 0.1); bn(noaffine); flatten; fc(108 -> 8) } }
network! { pub Bn058(5x5x5) -> 19 { conv(5 -> 16, k2x3, s2, p1, d3x3); bn(eps = 0.1, momentum = 0.01) relu; conv(16 -> 19, k5x5, p2); bn(eps = 0.1) relu; maxpool(k2x2, s3, p1x0, d2, ceil); bn relu; flatten; residual { bn(momentum = 0.01) } relu } }
network! { pub Bn059(5x2x8) -> 16 { flatten; residual { bn }; fc(80 -> 16); bn(eps = 0.1) relu } }
network! { pub Norm000(4x8x8) -> 2 { fc(4 -> 5, channels); groupnorm(g1, eps = 0.001) relu; fc(5 -> 13, channels); layerscale relu; flatten; fc(832 -> 2) } }
network! { pub Norm001(1x8x8) -> 1x4x2 { conv(1 -> 10, k3x2, s2x5, p1, nobias); layernorm relu; conv(10 -> 12, k4, same); residual { layernorm } relu; fc(12 -> 1, channels); layerscale } }
network! { pub Norm002(8x5x5) -> 1x5x1 { residual { depthwise(k3, same, d2x1); layernorm(eps = 0.1); fc(8 -> 4, channels); gelu; fc(4 -> 8, channels); layerscale }; groupnorm(g4, eps = 0.001) relu; layernorm(noaffine); conv(8 -> 1, k3x3, p3x1, d3, nobias); layernorm relu } }
network! { pub Norm003(11x8x8) -> 12x2x2 { conv(11 -> 12, k2, s5, p0x1, d2, nobias); layerscale relu } }
network! { pub Norm004(2x5x5) -> 2x5x5 { residual { groupnorm(g1) }; layerscale } }
network! { pub Norm005(7x2x3) -> 7 { conv(7 -> 7, k5, p2, g7); layernorm(eps = 0.001) relu; flatten; layerscale relu; layerscale; fc(42 -> 7); groupnorm(g1, eps = 0.001, noaffine) } }
network! { pub Norm006(2x2x5) -> 4 { residual { layerscale }; maxpool(k2x4, s3x3, ceil); residual { groupnorm(g1) } relu; residual { depthwise(k3, same, nobias); layernorm(eps = 0.1); fc(2 -> 11, channels); gelu; fc(11 -> 2, channels); layerscale }; layerscale relu; flatten; layernorm(noaffine) relu } }
network! { pub Norm007(13x3x3) -> 9 { flatten; layerscale; fc(117 -> 9) } }
network! { pub Norm008(11x5x5) -> 10x2x1 { fc(11 -> 10, channels); layerscale; maxpool(k3, s4, p1x0); groupnorm(g10) relu } }
network! { pub Norm009(12x5x8) -> 2 { residual { depthwise(k5x2, same, d1x1); layernorm(eps = 0.1); fc(12 -> 9, channels); gelu; fc(9 -> 12, channels); layerscale }; groupnorm(g1, eps = 0.001); flatten; fc(480 -> 2) } }
network! { pub Norm010(1x2x2) -> 6x2x2 { fc(1 -> 6, channels); residual { groupnorm(g6, eps = 0.001) } } }
network! { pub Norm011(14x5x5) -> 1x2x2 { groupnorm(g2, eps = 0.1); residual { depthwise(k3, same); layernorm(eps = 0.001); fc(14 -> 3, channels); gelu; fc(3 -> 14, channels); layerscale }; layernorm relu; conv(14 -> 1, k2x2, s5, p2, d3); residual { groupnorm(g1, eps = 0.001) } } }
network! { pub Norm012(8x3x3) -> 2 { flatten; residual { groupnorm(g24, eps = 0.1) } relu; layernorm; fc(72 -> 17); groupnorm(g1, eps = 0.001, noaffine); fc(17 -> 2); layerscale relu } }
network! { pub Norm013(19x2x2) -> 8 { conv(19 -> 19, k3, same, g19, nobias); groupnorm(g19, eps = 0.001); flatten; fc(76 -> 8) } }
network! { pub Norm014(16x2x2) -> 7x1x1 { maxpool(k2, s1, p0x1); groupnorm(g2, eps = 0.1); maxpool(k3, s4x2, ceil); groupnorm(g4, noaffine); fc(16 -> 7, channels); residual { groupnorm(g1, eps = 0.001) } } }
network! { pub Norm015(1x2x2) -> 4 { flatten; layernorm(noaffine) } }
network! { pub Norm016(5x3x2) -> 4x3x2 { fc(5 -> 4, channels); groupnorm(g2, eps = 0.1) } }
network! { pub Norm017(8x5x5) -> 4 { groupnorm(g1, eps = 0.1) relu; flatten; fc(200 -> 4) } }
network! { pub Norm018(6x5x1) -> 6 { fc(6 -> 9, channels); residual { layernorm }; groupnorm(g9, noaffine); residual { depthwise(k5x2, same); layernorm(noaffine); fc(9 -> 9, channels); gelu; fc(9 -> 9, channels); layerscale }; residual { layernorm(eps = 0.001) }; conv(9 -> 18, k4x5, same, d2x3, g9); residual { layerscale } relu; flatten; fc(90 -> 6) } }
network! { pub Norm019(4x1x2) -> 13x1x2 { residual { depthwise(k5x3, same); layernorm; fc(4 -> 2, channels); gelu; fc(2 -> 4, channels); layerscale }; groupnorm(g4) relu; fc(4 -> 13, channels); layernorm relu } }
network! { pub Norm020(5x2x2) -> 6 { groupnorm(g5, eps = 0.1); flatten; residual { groupnorm(g5, eps = 0.1) } relu; fc(20 -> 6); groupnorm(g2) } }
network! { pub Norm021(11x5x5) -> 11x1x1 { maxpool(k5, s2, ceil); groupnorm(g1) relu } }
network! { pub Norm022(10x1x1) -> 10x1x1 { layerscale } }
network! { pub Norm023(13x8x8) -> 4 { residual { depthwise(k3, same, d1, nobias); layernorm; fc(13 -> 16, channels); gelu; fc(16 -> 13, channels); layerscale }; layernorm; flatten; fc(832 -> 4) } }
network! { pub Norm024(9x2x3) -> 54 { flatten; groupnorm(g1); layernorm relu } }
network! { pub Norm025(2x3x3) -> 18 { residual { depthwise(k1, same, d2, nobias); layernorm; fc(2 -> 12, channels); gelu; fc(12 -> 2, channels); layerscale }; layernorm; flatten; layernorm } }
network! { pub Norm026(1x3x3) -> 1x3x3 { groupnorm(g1) relu } }
network! { pub Norm027(19x8x3) -> 9 { layernorm(eps = 0.001); flatten; fc(456 -> 9) } }
network! { pub Norm028(7x8x8) -> 3 { fc(7 -> 11, channels); layerscale relu; groupnorm(g11, eps = 0.1); layerscale; flatten; fc(704 -> 3) } }
network! { pub Norm029(12x5x3) -> 4 { fc(12 -> 4, channels); residual { layerscale }; fc(4 -> 12, channels); groupnorm(g2, eps = 0.1) relu; conv(12 -> 5, k1, p0x1, d1x1); layerscale; flatten; layernorm(noaffine); fc(125 -> 4) } }
network! { pub Norm030(12x1x1) -> 12x1x1 { maxpool(k4, s4x5, ceil); layerscale relu } }
network! { pub Norm031(11x5x5) -> 11x1x2 { residual { depthwise(k3, same); layernorm(eps = 0.1); fc(11 -> 1, channels); gelu; fc(1 -> 11, channels); layerscale }; groupnorm(g1); maxpool(k1, s5x3, ceil); layerscale relu } }
network! { pub Norm032(16x3x3) -> 8x1x1 { maxpool(k1, s5); groupnorm(g4); fc(16 -> 8, channels); layerscale relu } }
network! { pub Norm033(2x2x2) -> 6x3x1 { conv(2 -> 6, k2x2, s3, p3x0, g2); residual { groupnorm(g3) }; residual { depthwise(k3x3, same, d2x2); layernorm; fc(6 -> 6, channels); gelu; fc(6 -> 6, channels); layerscale }; layernorm(noaffine) } }
network! { pub Norm034(7x1x3) -> 7x1x3 { residual { groupnorm(g7) }; residual { layernorm }; residual { depthwise(k1x1, same, nobias); layernorm; fc(7 -> 5, channels); gelu; fc(5 -> 7, channels); layerscale }; groupnorm(g1) } }
network! { pub Norm035(8x3x3) -> 4 { fc(8 -> 2, channels); residual { groupnorm(g2) }; flatten; groupnorm(g1, eps = 0.1); fc(18 -> 4); layerscale } }
network! { pub Norm036(19x1x3) -> 19x1x3 { residual { depthwise(k3, same, nobias); layernorm; fc(19 -> 6, channels); gelu; fc(6 -> 19, channels); layerscale }; layernorm(eps = 0.001) } }
network! { pub Norm037(2x3x3) -> 7x1x2 { layerscale; maxpool(k3x3, s5x5, p1x0, d2x1, ceil); groupnorm(g1); conv(2 -> 7, k3x2, p1x1, d1); groupnorm(g7, eps = 0.1) relu } }
network! { pub Norm038(4x2x8) -> 1 { residual { depthwise(k3, same, nobias); layernorm; fc(4 -> 18, channels); gelu; fc(18 -> 4, channels); layerscale }; layerscale; conv(4 -> 8, k3, same, d2); layernorm; flatten; fc(128 -> 1) } }
network! { pub Norm039(8x1x1) -> 8x1x1 { layernorm } }
network! { pub Norm040(4x5x1) -> 4x5x1 { residual { depthwise(k1x2, same, d1, nobias); layernorm(eps = 0.1); fc(4 -> 16, channels); gelu; fc(16 -> 4, channels); layerscale }; residual { groupnorm(g4, eps = 0.001) } } }
network! { pub Norm041(4x2x3) -> 8x2x3 { fc(4 -> 8, channels); layernorm(noaffine) } }
network! { pub Norm042(19x3x5) -> 1 { flatten; layernorm; fc(285 -> 1) } }
network! { pub Norm043(15x2x3) -> 8 { flatten; groupnorm(g18, eps = 0.1, noaffine); layerscale relu; fc(90 -> 8) } }
network! { pub Norm044(14x3x2) -> 10x3x2 { conv(14 -> 10, k1, nobias); groupnorm(g10, eps = 0.001) } }
network! { pub Norm045(5x3x3) -> 9 { fc(5 -> 13, channels); residual { groupnorm(g13, eps = 0.001) } relu; flatten; fc(117 -> 9) } }
network! { pub Norm046(9x1x1) -> 1 { fc(9 -> 2, channels); layernorm; conv(2 -> 16, k1x2, p3); groupnorm(g1); residual { depthwise(k1, same); layernorm; fc(16 -> 10, channels); gelu; fc(10 -> 16, channels); layerscale }; residual { groupnorm(g2) }; flatten; groupnorm(g96) relu; fc(672 -> 1) } }
network! { pub Norm047(18x2x8) -> 18 { flatten; layerscale; layerscale relu; fc(288 -> 18); layerscale; groupnorm(g2) relu } }
network! { pub Norm048(18x1x5) -> 7 { flatten; groupnorm(g3); fc(90 -> 7); residual { layernorm }; layernorm relu; groupnorm(g1) relu } }
network! { pub Norm049(9x2x2) -> 1x2x2 { groupnorm(g1); groupnorm(g3, eps = 0.1) relu; fc(9 -> 1, channels); groupnorm(g1) relu } }
network! { pub Norm050(5x8x8) -> 4 { maxpool(k4, s2, ceil); groupnorm(g5) relu; fc(5 -> 1, channels); layernorm; fc(1 -> 11, channels); layernorm relu; flatten; fc(99 -> 4) } }
network! { pub Norm051(13x3x1) -> 18x3x1 { maxpool(k3x3, s1x3, p1); residual { layerscale }; residual { depthwise(k5, same, nobias); layernorm(eps = 0.1); fc(13 -> 16, channels); gelu; fc(16 -> 13, channels); layerscale }; groupnorm(g1, eps = 0.001); fc(13 -> 18, channels); residual { layerscale } relu } }
network! { pub Norm052(15x5x5) -> 5 { fc(15 -> 12, channels); layernorm relu; residual { depthwise(k1, same); layernorm; fc(12 -> 6, channels); gelu; fc(6 -> 12, channels); layerscale }; groupnorm(g3, eps = 0.001) relu; residual { groupnorm(g4, eps = 0.001) }; flatten; fc(300 -> 5) } }
network! { pub Norm053(3x2x2) -> 4x2x2 { fc(3 -> 13, channels); layernorm(noaffine) relu; fc(13 -> 4, channels); groupnorm(g2); layernorm; groupnorm(g4) relu } }
network! { pub Norm054(10x5x5) -> 19x1x2 { maxpool(k2x2, s5, p0x1); residual { groupnorm(g1, eps = 0.001) } relu; conv(10 -> 19, k5, s2x1, p2); layerscale } }
network! { pub Norm055(13x8x8) -> 3x2x2 { conv(13 -> 3, k5x1, s5, p2x1, nobias); layerscale } }
network! { pub Norm056(16x3x3) -> 16 { maxpool(k3, d1x1, ceil); residual { groupnorm(g1) }; flatten; layerscale; layerscale relu } }
network! { pub Norm057(13x5x5) -> 9 { maxpool(k2x2, d2); groupnorm(g1) relu; residual { depthwise(k3, same, d1, nobias); layernorm; fc(13 -> 11, channels); gelu; fc(11 -> 13, channels); layerscale }; groupnorm(g13) relu; conv(13 -> 13, k1, p3x0, g13); layerscale; flatten; fc(208 -> 9) } }
network! { pub Norm058(5x8x3) -> 15x2x1 { residual { depthwise(k1, same); layernorm(eps = 0.001, noaffine); fc(5 -> 8, channels); gelu; fc(8 -> 5, channels); layerscale }; groupnorm(g5); conv(5 -> 15, k3, s4); layernorm(eps = 0.1); groupnorm(g5, eps = 0.1, noaffine) } }
network! { pub Norm059(16x8x8) -> 4 { residual { depthwise(k3, same); layernorm; fc(16 -> 6, channels); gelu; fc(6 -> 16, channels); layerscale }; residual { layerscale }; layerscale relu; residual { depthwise(k3, same, nobias); layernorm; fc(16 -> 6, channels); gelu; fc(6 -> 16, channels); layerscale }; groupnorm(g8, eps = 0.1) relu; maxpool(k1, ceil); residual { layernorm }; flatten; fc(1024 -> 4) } }
network! { pub Transposed000(17x1x5) -> 8 { convtranspose(17 -> 17, k5x1, s3, op1x1, g17); bn(eps = 0.001); flatten; fc(1428 -> 8) } }
network! { pub Transposed001(13x1x1) -> 3 { convtranspose(13 -> 13, k5x5, s1, p0, g13); bn; flatten; fc(325 -> 3) } }
network! { pub Transposed002(13x4x4) -> 4 { convtranspose(13 -> 8, k2, s3x3); flatten; fc(968 -> 4) } }
network! { pub Transposed003(1x2x2) -> 8 { maxpool(k2, s2, p1x0, ceil); convtranspose(1 -> 17, k3, op0); bn relu; flatten; fc(204 -> 8) } }
network! { pub Transposed004(14x1x1) -> 6 { convtranspose(14 -> 13, k3x4, op0); groupnorm(g1, noaffine); conv(13 -> 5, k4, p2); convtranspose(5 -> 5, k3, g5); bn relu; flatten; fc(210 -> 6) } }
network! { pub Transposed005(8x3x4) -> 4 { convtranspose(8 -> 14, k4x3, s2x1, nobias) relu; convtranspose(14 -> 14, k1x3, p0x0, d2, g14, nobias); flatten; fc(1120 -> 4) } }
network! { pub Transposed006(1x5x5) -> 2 { convtranspose(1 -> 3, k1); flatten; fc(75 -> 2) } }
network! { pub Transposed007(16x1x1) -> 2 { conv(16 -> 16, k3x2, p1x1, g16); convtranspose(16 -> 3, k2x1, s4x4, d2); groupnorm(g3); convtranspose(3 -> 3, k3x4, s2x4, p1, d2, op0x1, g3); bn; flatten; fc(462 -> 2) } }
network! { pub Transposed008(11x5x5) -> 4 { convtranspose(11 -> 11, k2x2, s1, p1, d2x1, g11); bn; conv(11 -> 11, k3x3, p2x1, g11); convtranspose(11 -> 15, k2, s1, nobias); groupnorm(g15, eps = 0.1); maxpool(k3, s2x4, ceil); convtranspose(15 -> 15, k4, s1x2, d2, g15) relu; flatten; fc(1350 -> 4) } }
network! { pub Transposed009(5x4x2) -> 1 { convtranspose(5 -> 9, k4, s3x3, d2, op0x2); flatten; fc(1728 -> 1) } }
network! { pub Transposed010(3x3x3) -> 8 { maxpool(k4x2, p2x0, ceil); convtranspose(3 -> 13, k5x5, s1x2, op0x0); conv(13 -> 4, k1x2, same); convtranspose(4 -> 3, k2, s2x3, p1, d3x3); flatten; fc(720 -> 8) } }
network! { pub Transposed011(4x4x3) -> 2 { convtranspose(4 -> 10, k1x3, s4, p2x1, g2, nobias); flatten; fc(810 -> 2) } }
network! { pub Transposed012(2x4x4) -> 7 { maxpool(k2x4, p1x2, ceil); convtranspose(2 -> 4, k4, s4x2, p3, d2, op3x0); flatten; fc(144 -> 7) } }
network! { pub Transposed013(12x1x4) -> 6x1x3 { convtranspose(12 -> 12, k4, s1x1, op0, g12, nobias) relu; maxpool(k2, s2x4, p0x1, ceil); convtranspose(12 -> 6, k2, p1x0, nobias) } }
network! { pub Transposed014(9x4x5) -> 7 { conv(9 -> 9, k1, s2x4, p2x3, d2, g9); convtranspose(9 -> 18, k5x3, d1x2, op0x1, g9); bn; flatten; fc(1152 -> 7) } }
network! { pub Transposed015(14x1x1) -> 5 { convtranspose(14 -> 12, k5x3, nobias); bn(noaffine); flatten; fc(180 -> 5) } }
network! { pub Transposed016(11x5x2) -> 8 { convtranspose(11 -> 13, k3, s2, p0, op1x0); bn(momentum = 0.01); convtranspose(13 -> 14, k2x2, p3x1, d1) relu; flatten; fc(392 -> 8) } }
network! { pub Transposed017(11x2x1) -> 9 { convtranspose(11 -> 1, k2x3, s2, d3, op1x0); convtranspose(1 -> 4, k5x4, s2x4, p3); groupnorm(g1); flatten; fc(968 -> 9) } }
network! { pub Transposed018(8x2x2) -> 3 { convtranspose(8 -> 14, k5, s4x4, g2, nobias) relu; conv(14 -> 17, k4, p2x0, nobias); convtranspose(17 -> 17, k3, p2, g17); groupnorm(g17) relu; flatten; fc(544 -> 3) } }
network! { pub Transposed019(11x1x1) -> 3 { convtranspose(11 -> 11, k4, p1, g11) relu; maxpool(k2, s4); convtranspose(11 -> 19, k2, s2, d1, op0) relu; flatten; fc(76 -> 3) } }
network! { pub Transposed020(7x1x1) -> 4 { convtranspose(7 -> 11, k5x4, s2, p1); groupnorm(g1, eps = 0.1); maxpool(k1, s2, ceil); convtranspose(11 -> 2, k2, s1x2, nobias); convtranspose(2 -> 14, k3, p0x1, op0); flatten; fc(140 -> 4) } }
network! { pub Transposed021(15x2x1) -> 8 { conv(15 -> 15, k2x1, s1, g15); convtranspose(15 -> 16, k3x1, s2); bn(eps = 0.1); conv(16 -> 16, k1, same, d1x1, g16); convtranspose(16 -> 16, k3, s2, p1, op1x0, g16); flatten; fc(96 -> 8) } }
network! { pub Transposed022(18x2x3) -> 2 { conv(18 -> 12, k1, d1, g3, nobias); convtranspose(12 -> 6, k3, p1, d2, op0x1, g2); bn(noaffine); maxpool(k2, s2x2, d2, ceil); convtranspose(6 -> 18, k4, s2, op0, g6); flatten; fc(864 -> 2) } }
network! { pub Transposed023(8x2x2) -> 1 { convtranspose(8 -> 16, k5x1, s2x2, d2, g8) relu; flatten; fc(528 -> 1) } }
network! { pub Transposed024(8x5x1) -> 5 { maxpool(k1, d1); convtranspose(8 -> 6, k5x5, s2, p0, d1x2); flatten; fc(702 -> 5) } }
network! { pub Transposed025(6x3x3) -> 3 { maxpool(k3x3, p1, ceil); convtranspose(6 -> 12, k1, s2, p0, op1x0, g6, nobias); flatten; fc(144 -> 3) } }
network! { pub Transposed026(9x1x1) -> 9 { convtranspose(9 -> 9, k4x3, s1, d2x2, g9); groupnorm(g1) relu; flatten; fc(315 -> 9) } }
network! { pub Transposed027(14x1x3) -> 3 { maxpool(k2x4, s4, p1x1, ceil); convtranspose(14 -> 14, k3x5, s4x1, p0, op0, g14); flatten; fc(210 -> 3) } }
network! { pub Transposed028(14x5x3) -> 2x15x2 { conv(14 -> 14, k5, s2x5, p3, g7); convtranspose(14 -> 14, k2x2, s4x4, d3x2, g14); bn(eps = 0.001, noaffine); convtranspose(14 -> 2, k2, p2, d3) } }
network! { pub Transposed029(6x1x5) -> 9 { convtranspose(6 -> 18, k3x2, p1x1, g6) relu; convtranspose(18 -> 12, k3x4, s3, p2x1, d2x2, op1, g6); groupnorm(g1); flatten; fc(360 -> 9) } }
network! { pub Transposed030(12x1x1) -> 1 { maxpool(k2, s2, p0, ceil); convtranspose(12 -> 3, k4, p0, op0, g3); convtranspose(3 -> 1, k3, s3, op1) relu; flatten; fc(169 -> 1) } }
network! { pub Transposed031(13x3x3) -> 3 { convtranspose(13 -> 13, k5x5, s2, d2x3, g13, nobias); flatten; fc(2873 -> 3) } }
network! { pub Transposed032(5x1x1) -> 2x1x2 { conv(5 -> 11, k4, same, nobias); convtranspose(11 -> 2, k1, s2x3, op0x1); groupnorm(g2) } }
network! { pub Transposed033(4x1x5) -> 4 { maxpool(k2, ceil); convtranspose(4 -> 12, k3x4, s1x4, p0x1, op0, g4); groupnorm(g6, noaffine); convtranspose(12 -> 6, k4x1, p1); groupnorm(g3, noaffine); flatten; fc(192 -> 4) } }
network! { pub Transposed034(17x2x2) -> 7 { convtranspose(17 -> 17, k2x3, s2x2, op0, g17); bn(eps = 0.001, momentum = 0.01); maxpool(k2x2, p1, ceil); convtranspose(17 -> 1, k3, s3, p2x3, d3, op2x1, nobias); flatten; fc(88 -> 7) } }
network! { pub Transposed035(12x5x4) -> 5 { convtranspose(12 -> 5, k1, p1, d3); bn(noaffine) relu; convtranspose(5 -> 17, k3x5, s4, p3); flatten; fc(255 -> 5) } }
network! { pub Transposed036(3x5x5) -> 8 { convtranspose(3 -> 12, k4); convtranspose(12 -> 12, k4, s1, p2, d2, g12, nobias); flatten; fc(1200 -> 8) } }
network! { pub Transposed037(14x1x1) -> 6 { convtranspose(14 -> 14, k3, s4, g14); flatten; fc(126 -> 6) } }
network! { pub Transposed038(4x1x1) -> 6 { maxpool(k3x4, ceil); convtranspose(4 -> 10, k4, s1x1, g2) relu; flatten; fc(160 -> 6) } }
network! { pub Transposed039(7x1x3) -> 2 { maxpool(k4x1, p0, ceil); convtranspose(7 -> 16, k3x2, p0x1, d2, op1); bn(noaffine); convtranspose(16 -> 16, k3, g16, nobias); groupnorm(g16) relu; flatten; fc(768 -> 2) } }
network! { pub Transposed040(9x3x1) -> 4 { convtranspose(9 -> 18, k2x3, s3, p1, g9) relu; flatten; fc(108 -> 4) } }
network! { pub Transposed041(11x5x5) -> 4 { conv(11 -> 11, k2x3, s5, g11); convtranspose(11 -> 11, k4, s3, p1, op2x0, g11); bn; convtranspose(11 -> 4, k5, s4x2, p3x1, d2x3); flatten; fc(780 -> 4) } }
network! { pub Transposed042(1x3x5) -> 4 { conv(1 -> 1, k2, s3x2, p1); convtranspose(1 -> 15, k4x2, s4, d1, nobias); groupnorm(g3, eps = 0.001, noaffine); maxpool(k2, p1, d2x3, ceil); convtranspose(15 -> 15, k3, p3x1, g15, nobias); bn(eps = 0.001); flatten; fc(75 -> 4) } }
network! { pub Transposed043(1x3x3) -> 4 { maxpool(k1, p0x0, ceil); convtranspose(1 -> 6, k4x3, s1, d2); convtranspose(6 -> 8, k3x3, p3, g2) relu; flatten; fc(120 -> 4) } }
network! { pub Transposed044(10x5x3) -> 1 { convtranspose(10 -> 12, k1x3, s2x2, d3); bn(eps = 0.1, momentum = 0.01); flatten; fc(1188 -> 1) } }
network! { pub Transposed045(10x4x4) -> 8 { convtranspose(10 -> 4, k5, d2x3, nobias); flatten; fc(768 -> 8) } }
network! { pub Transposed046(13x4x2) -> 5x4x1 { convtranspose(13 -> 15, k5, s2x4, p2x1, d2x1) relu; maxpool(k3, s5, p0, d2, ceil); convtranspose(15 -> 5, k3, s2, p2, op1x0); bn } }
network! { pub Transposed047(9x3x3) -> 9 { convtranspose(9 -> 18, k3x4, p2, op0, g9); maxpool(k1x4, ceil); convtranspose(18 -> 3, k3); groupnorm(g3); convtranspose(3 -> 12, k1, s4, p0x2, g3) relu; flatten; fc(540 -> 9) } }
network! { pub Transposed048(15x1x1) -> 5 { convtranspose(15 -> 7, k2, s4); convtranspose(7 -> 12, k3, s1, op0); bn(momentum = 0.01); flatten; fc(192 -> 5) } }
network! { pub Transposed049(6x1x1) -> 8 { convtranspose(6 -> 9, k3); flatten; fc(81 -> 8) } }
network! { pub Transposed050(1x2x2) -> 15x3x1 { maxpool(k2, ceil); convtranspose(1 -> 15, k3, p0x1, op0) relu } }
network! { pub Transposed051(15x3x2) -> 7 { maxpool(k3x4, p1x2, d2x2, ceil); convtranspose(15 -> 15, k3, d1, g15); groupnorm(g1, eps = 0.1, noaffine); flatten; fc(135 -> 7) } }
network! { pub Transposed052(7x4x1) -> 7x2x4 { convtranspose(7 -> 7, k3, s1, d1x1, g7); bn(eps = 0.001); maxpool(k3x2, s5x1); convtranspose(7 -> 7, k2, s4x2, g7, nobias) } }
network! { pub Transposed053(6x3x2) -> 3 { maxpool(k2, d1, ceil); convtranspose(6 -> 14, k4x4, p1, op0x0, g2) relu; flatten; fc(84 -> 3) } }
network! { pub Transposed054(10x2x1) -> 8 { convtranspose(10 -> 3, k3, s2x2); bn(eps = 0.1, momentum = 0.01); convtranspose(3 -> 12, k3, s3x2, p2, nobias) relu; flatten; fc(396 -> 8) } }
network! { pub Transposed055(14x1x1) -> 1x1x1 { convtranspose(14 -> 1, k3, s1x1, p1, op0) } }
network! { pub Transposed056(14x1x1) -> 3 { convtranspose(14 -> 14, k3, g14); bn(momentum = 0.01); flatten; fc(126 -> 3) } }
network! { pub Transposed057(18x5x1) -> 7 { convtranspose(18 -> 18, k3, s2, p0, d2, op0, g18, nobias) relu; convtranspose(18 -> 18, k2, s1, p1, g18) relu; flatten; fc(864 -> 7) } }
network! { pub Transposed058(6x1x1) -> 4 { conv(6 -> 3, k2, same, d3, g3); convtranspose(3 -> 16, k3, s3, d2, nobias) relu; flatten; fc(400 -> 4) } }
network! { pub Transposed059(17x5x5) -> 4 { convtranspose(17 -> 17, k4, s1x4, p3x0, d1, g17, nobias); groupnorm(g17); maxpool(k1, s2, p0); convtranspose(17 -> 13, k3, d3x2); groupnorm(g13); conv(13 -> 16, k3x4, same, d2x2); convtranspose(16 -> 2, k3); bn(momentum = 0.01); flatten; fc(288 -> 4) } }

/// Calls `m!` with every net and the name of its golden numbers.
#[rustfmt::skip]
macro_rules! for_each_case {
    ($m:ident) => {
        $m! {
            DummyNet => "dummy_net",
            LeNet5 => "lenet5",
            Case000 => "case000",
            Case001 => "case001",
            Case002 => "case002",
            Case003 => "case003",
            Case004 => "case004",
            Case005 => "case005",
            Case006 => "case006",
            Case007 => "case007",
            Case008 => "case008",
            Case009 => "case009",
            Case010 => "case010",
            Case011 => "case011",
            Case012 => "case012",
            Case013 => "case013",
            Case014 => "case014",
            Case015 => "case015",
            Case016 => "case016",
            Case017 => "case017",
            Case018 => "case018",
            Case019 => "case019",
            Case020 => "case020",
            Case021 => "case021",
            Case022 => "case022",
            Case023 => "case023",
            Case024 => "case024",
            Case025 => "case025",
            Case026 => "case026",
            Case027 => "case027",
            Case028 => "case028",
            Case029 => "case029",
            Case030 => "case030",
            Case031 => "case031",
            Case032 => "case032",
            Case033 => "case033",
            Case034 => "case034",
            Case035 => "case035",
            Case036 => "case036",
            Case037 => "case037",
            Case038 => "case038",
            Case039 => "case039",
            Case040 => "case040",
            Case041 => "case041",
            Case042 => "case042",
            Case043 => "case043",
            Case044 => "case044",
            Case045 => "case045",
            Case046 => "case046",
            Case047 => "case047",
            Case048 => "case048",
            Case049 => "case049",
            Case050 => "case050",
            Case051 => "case051",
            Case052 => "case052",
            Case053 => "case053",
            Case054 => "case054",
            Case055 => "case055",
            Case056 => "case056",
            Case057 => "case057",
            Case058 => "case058",
            Case059 => "case059",
            Case060 => "case060",
            Case061 => "case061",
            Case062 => "case062",
            Case063 => "case063",
            Case064 => "case064",
            Case065 => "case065",
            Case066 => "case066",
            Case067 => "case067",
            Case068 => "case068",
            Case069 => "case069",
            Case070 => "case070",
            Case071 => "case071",
            Case072 => "case072",
            Case073 => "case073",
            Case074 => "case074",
            Case075 => "case075",
            Case076 => "case076",
            Case077 => "case077",
            Case078 => "case078",
            Case079 => "case079",
            Case080 => "case080",
            Case081 => "case081",
            Case082 => "case082",
            Case083 => "case083",
            Case084 => "case084",
            Case085 => "case085",
            Case086 => "case086",
            Case087 => "case087",
            Case088 => "case088",
            Case089 => "case089",
            Case090 => "case090",
            Case091 => "case091",
            Case092 => "case092",
            Case093 => "case093",
            Case094 => "case094",
            Case095 => "case095",
            Case096 => "case096",
            Case097 => "case097",
            Case098 => "case098",
            Case099 => "case099",
            Case100 => "case100",
            Case101 => "case101",
            Case102 => "case102",
            Case103 => "case103",
            Case104 => "case104",
            Case105 => "case105",
            Case106 => "case106",
            Case107 => "case107",
            Case108 => "case108",
            Case109 => "case109",
            Case110 => "case110",
            Case111 => "case111",
            Case112 => "case112",
            Case113 => "case113",
            Case114 => "case114",
            Case115 => "case115",
            Case116 => "case116",
            Case117 => "case117",
            Case118 => "case118",
            Case119 => "case119",
            Case120 => "case120",
            Case121 => "case121",
            Case122 => "case122",
            Case123 => "case123",
            Case124 => "case124",
            Case125 => "case125",
            Case126 => "case126",
            Case127 => "case127",
            Case128 => "case128",
            Case129 => "case129",
            Case130 => "case130",
            Case131 => "case131",
            Case132 => "case132",
            Case133 => "case133",
            Case134 => "case134",
            Case135 => "case135",
            Case136 => "case136",
            Case137 => "case137",
            Case138 => "case138",
            Case139 => "case139",
            Case140 => "case140",
            Case141 => "case141",
            Case142 => "case142",
            Case143 => "case143",
            Case144 => "case144",
            Case145 => "case145",
            Case146 => "case146",
            Case147 => "case147",
            Case148 => "case148",
            Case149 => "case149",
            Case150 => "case150",
            Case151 => "case151",
            Case152 => "case152",
            Case153 => "case153",
            Case154 => "case154",
            Case155 => "case155",
            Case156 => "case156",
            Case157 => "case157",
            Case158 => "case158",
            Case159 => "case159",
            Case160 => "case160",
            Case161 => "case161",
            Case162 => "case162",
            Case163 => "case163",
            Case164 => "case164",
            Case165 => "case165",
            Case166 => "case166",
            Case167 => "case167",
            Case168 => "case168",
            Case169 => "case169",
            Case170 => "case170",
            Case171 => "case171",
            Case172 => "case172",
            Case173 => "case173",
            Case174 => "case174",
            Case175 => "case175",
            Case176 => "case176",
            Case177 => "case177",
            Case178 => "case178",
            Case179 => "case179",
            Case180 => "case180",
            Case181 => "case181",
            Case182 => "case182",
            Case183 => "case183",
            Case184 => "case184",
            Case185 => "case185",
            Case186 => "case186",
            Case187 => "case187",
            Case188 => "case188",
            Case189 => "case189",
            Case190 => "case190",
            Case191 => "case191",
            Case192 => "case192",
            Case193 => "case193",
            Case194 => "case194",
            Case195 => "case195",
            Case196 => "case196",
            Case197 => "case197",
            Case198 => "case198",
            Case199 => "case199",
            Spatial000 => "spatial000",
            Spatial001 => "spatial001",
            Spatial002 => "spatial002",
            Spatial003 => "spatial003",
            Spatial004 => "spatial004",
            Spatial005 => "spatial005",
            Spatial006 => "spatial006",
            Spatial007 => "spatial007",
            Spatial008 => "spatial008",
            Spatial009 => "spatial009",
            Spatial010 => "spatial010",
            Spatial011 => "spatial011",
            Spatial012 => "spatial012",
            Spatial013 => "spatial013",
            Spatial014 => "spatial014",
            Spatial015 => "spatial015",
            Spatial016 => "spatial016",
            Spatial017 => "spatial017",
            Spatial018 => "spatial018",
            Spatial019 => "spatial019",
            Spatial020 => "spatial020",
            Spatial021 => "spatial021",
            Spatial022 => "spatial022",
            Spatial023 => "spatial023",
            Spatial024 => "spatial024",
            Spatial025 => "spatial025",
            Spatial026 => "spatial026",
            Spatial027 => "spatial027",
            Spatial028 => "spatial028",
            Spatial029 => "spatial029",
            Spatial030 => "spatial030",
            Spatial031 => "spatial031",
            Spatial032 => "spatial032",
            Spatial033 => "spatial033",
            Spatial034 => "spatial034",
            Spatial035 => "spatial035",
            Spatial036 => "spatial036",
            Spatial037 => "spatial037",
            Spatial038 => "spatial038",
            Spatial039 => "spatial039",
            Spatial040 => "spatial040",
            Spatial041 => "spatial041",
            Spatial042 => "spatial042",
            Spatial043 => "spatial043",
            Spatial044 => "spatial044",
            Spatial045 => "spatial045",
            Spatial046 => "spatial046",
            Spatial047 => "spatial047",
            Spatial048 => "spatial048",
            Spatial049 => "spatial049",
            Spatial050 => "spatial050",
            Spatial051 => "spatial051",
            Spatial052 => "spatial052",
            Spatial053 => "spatial053",
            Spatial054 => "spatial054",
            Spatial055 => "spatial055",
            Spatial056 => "spatial056",
            Spatial057 => "spatial057",
            Spatial058 => "spatial058",
            Spatial059 => "spatial059",
            Spatial060 => "spatial060",
            Spatial061 => "spatial061",
            Spatial062 => "spatial062",
            Spatial063 => "spatial063",
            Spatial064 => "spatial064",
            Spatial065 => "spatial065",
            Spatial066 => "spatial066",
            Spatial067 => "spatial067",
            Spatial068 => "spatial068",
            Spatial069 => "spatial069",
            Spatial070 => "spatial070",
            Spatial071 => "spatial071",
            Spatial072 => "spatial072",
            Spatial073 => "spatial073",
            Spatial074 => "spatial074",
            Spatial075 => "spatial075",
            Spatial076 => "spatial076",
            Spatial077 => "spatial077",
            Spatial078 => "spatial078",
            Spatial079 => "spatial079",
            Spatial080 => "spatial080",
            Spatial081 => "spatial081",
            Spatial082 => "spatial082",
            Spatial083 => "spatial083",
            Spatial084 => "spatial084",
            Spatial085 => "spatial085",
            Spatial086 => "spatial086",
            Spatial087 => "spatial087",
            Spatial088 => "spatial088",
            Spatial089 => "spatial089",
            Spatial090 => "spatial090",
            Spatial091 => "spatial091",
            Spatial092 => "spatial092",
            Spatial093 => "spatial093",
            Spatial094 => "spatial094",
            Spatial095 => "spatial095",
            Spatial096 => "spatial096",
            Spatial097 => "spatial097",
            Spatial098 => "spatial098",
            Spatial099 => "spatial099",
            Spatial100 => "spatial100",
            Spatial101 => "spatial101",
            Spatial102 => "spatial102",
            Spatial103 => "spatial103",
            Spatial104 => "spatial104",
            Spatial105 => "spatial105",
            Spatial106 => "spatial106",
            Spatial107 => "spatial107",
            Spatial108 => "spatial108",
            Spatial109 => "spatial109",
            Spatial110 => "spatial110",
            Spatial111 => "spatial111",
            Spatial112 => "spatial112",
            Spatial113 => "spatial113",
            Spatial114 => "spatial114",
            Spatial115 => "spatial115",
            Spatial116 => "spatial116",
            Spatial117 => "spatial117",
            Spatial118 => "spatial118",
            Spatial119 => "spatial119",
            Spatial120 => "spatial120",
            Spatial121 => "spatial121",
            Spatial122 => "spatial122",
            Spatial123 => "spatial123",
            Spatial124 => "spatial124",
            Spatial125 => "spatial125",
            Spatial126 => "spatial126",
            Spatial127 => "spatial127",
            Spatial128 => "spatial128",
            Spatial129 => "spatial129",
            Spatial130 => "spatial130",
            Spatial131 => "spatial131",
            Spatial132 => "spatial132",
            Spatial133 => "spatial133",
            Spatial134 => "spatial134",
            Spatial135 => "spatial135",
            Spatial136 => "spatial136",
            Spatial137 => "spatial137",
            Spatial138 => "spatial138",
            Spatial139 => "spatial139",
            Spatial140 => "spatial140",
            Spatial141 => "spatial141",
            Spatial142 => "spatial142",
            Spatial143 => "spatial143",
            Spatial144 => "spatial144",
            Spatial145 => "spatial145",
            Spatial146 => "spatial146",
            Spatial147 => "spatial147",
            Spatial148 => "spatial148",
            Spatial149 => "spatial149",
            Activation00 => "activation00",
            Activation01 => "activation01",
            Activation02 => "activation02",
            Activation03 => "activation03",
            Activation04 => "activation04",
            Activation05 => "activation05",
            Activation06 => "activation06",
            Activation07 => "activation07",
            Activation08 => "activation08",
            Activation09 => "activation09",
            Activation10 => "activation10",
            Activation11 => "activation11",
            Activation12 => "activation12",
            Activation13 => "activation13",
            Activation14 => "activation14",
            Activation15 => "activation15",
            Activation16 => "activation16",
            Activation17 => "activation17",
            Activation18 => "activation18",
            Activation19 => "activation19",
            Activation20 => "activation20",
            Activation21 => "activation21",
            Activation22 => "activation22",
            Activation23 => "activation23",
            Activation24 => "activation24",
            Activation25 => "activation25",
            Activation26 => "activation26",
            Activation27 => "activation27",
            Activation28 => "activation28",
            Activation29 => "activation29",
            Activation30 => "activation30",
            Activation31 => "activation31",
            Activation32 => "activation32",
            Activation33 => "activation33",
            Activation34 => "activation34",
            Activation35 => "activation35",
            Activation36 => "activation36",
            Activation37 => "activation37",
            Activation38 => "activation38",
            Activation39 => "activation39",
            Activation40 => "activation40",
            Activation41 => "activation41",
            Activation42 => "activation42",
            Activation43 => "activation43",
            Activation44 => "activation44",
            Activation45 => "activation45",
            Activation46 => "activation46",
            Activation47 => "activation47",
            Activation48 => "activation48",
            Activation49 => "activation49",
            Activation50 => "activation50",
            Activation51 => "activation51",
            Activation52 => "activation52",
            Activation53 => "activation53",
            Activation54 => "activation54",
            Activation55 => "activation55",
            Activation56 => "activation56",
            Activation57 => "activation57",
            Activation58 => "activation58",
            Activation59 => "activation59",
            Activation60 => "activation60",
            Activation61 => "activation61",
            Activation62 => "activation62",
            Activation63 => "activation63",
            Activation64 => "activation64",
            Activation65 => "activation65",
            Activation66 => "activation66",
            Activation67 => "activation67",
            Activation68 => "activation68",
            Activation69 => "activation69",
            Activation70 => "activation70",
            Activation71 => "activation71",
            Activation72 => "activation72",
            Activation73 => "activation73",
            Activation74 => "activation74",
            Activation75 => "activation75",
            Activation76 => "activation76",
            Activation77 => "activation77",
            Activation78 => "activation78",
            Activation79 => "activation79",
            Activation80 => "activation80",
            Activation81 => "activation81",
            Activation82 => "activation82",
            Activation83 => "activation83",
            Activation84 => "activation84",
            Activation85 => "activation85",
            Activation86 => "activation86",
            Activation87 => "activation87",
            Activation88 => "activation88",
            Activation89 => "activation89",
            Activation90 => "activation90",
            Bn000 => "bn000",
            Bn001 => "bn001",
            Bn002 => "bn002",
            Bn003 => "bn003",
            Bn004 => "bn004",
            Bn005 => "bn005",
            Bn006 => "bn006",
            Bn007 => "bn007",
            Bn008 => "bn008",
            Bn009 => "bn009",
            Bn010 => "bn010",
            Bn011 => "bn011",
            Bn012 => "bn012",
            Bn013 => "bn013",
            Bn014 => "bn014",
            Bn015 => "bn015",
            Bn016 => "bn016",
            Bn017 => "bn017",
            Bn018 => "bn018",
            Bn019 => "bn019",
            Bn020 => "bn020",
            Bn021 => "bn021",
            Bn022 => "bn022",
            Bn023 => "bn023",
            Bn024 => "bn024",
            Bn025 => "bn025",
            Bn026 => "bn026",
            Bn027 => "bn027",
            Bn028 => "bn028",
            Bn029 => "bn029",
            Bn030 => "bn030",
            Bn031 => "bn031",
            Bn032 => "bn032",
            Bn033 => "bn033",
            Bn034 => "bn034",
            Bn035 => "bn035",
            Bn036 => "bn036",
            Bn037 => "bn037",
            Bn038 => "bn038",
            Bn039 => "bn039",
            Bn040 => "bn040",
            Bn041 => "bn041",
            Bn042 => "bn042",
            Bn043 => "bn043",
            Bn044 => "bn044",
            Bn045 => "bn045",
            Bn046 => "bn046",
            Bn047 => "bn047",
            Bn048 => "bn048",
            Bn049 => "bn049",
            Bn050 => "bn050",
            Bn051 => "bn051",
            Bn052 => "bn052",
            Bn053 => "bn053",
            Bn054 => "bn054",
            Bn055 => "bn055",
            Bn056 => "bn056",
            Bn057 => "bn057",
            Bn058 => "bn058",
            Bn059 => "bn059",
            Norm000 => "norm000",
            Norm001 => "norm001",
            Norm002 => "norm002",
            Norm003 => "norm003",
            Norm004 => "norm004",
            Norm005 => "norm005",
            Norm006 => "norm006",
            Norm007 => "norm007",
            Norm008 => "norm008",
            Norm009 => "norm009",
            Norm010 => "norm010",
            Norm011 => "norm011",
            Norm012 => "norm012",
            Norm013 => "norm013",
            Norm014 => "norm014",
            Norm015 => "norm015",
            Norm016 => "norm016",
            Norm017 => "norm017",
            Norm018 => "norm018",
            Norm019 => "norm019",
            Norm020 => "norm020",
            Norm021 => "norm021",
            Norm022 => "norm022",
            Norm023 => "norm023",
            Norm024 => "norm024",
            Norm025 => "norm025",
            Norm026 => "norm026",
            Norm027 => "norm027",
            Norm028 => "norm028",
            Norm029 => "norm029",
            Norm030 => "norm030",
            Norm031 => "norm031",
            Norm032 => "norm032",
            Norm033 => "norm033",
            Norm034 => "norm034",
            Norm035 => "norm035",
            Norm036 => "norm036",
            Norm037 => "norm037",
            Norm038 => "norm038",
            Norm039 => "norm039",
            Norm040 => "norm040",
            Norm041 => "norm041",
            Norm042 => "norm042",
            Norm043 => "norm043",
            Norm044 => "norm044",
            Norm045 => "norm045",
            Norm046 => "norm046",
            Norm047 => "norm047",
            Norm048 => "norm048",
            Norm049 => "norm049",
            Norm050 => "norm050",
            Norm051 => "norm051",
            Norm052 => "norm052",
            Norm053 => "norm053",
            Norm054 => "norm054",
            Norm055 => "norm055",
            Norm056 => "norm056",
            Norm057 => "norm057",
            Norm058 => "norm058",
            Norm059 => "norm059",
            Transposed000 => "transposed000",
            Transposed001 => "transposed001",
            Transposed002 => "transposed002",
            Transposed003 => "transposed003",
            Transposed004 => "transposed004",
            Transposed005 => "transposed005",
            Transposed006 => "transposed006",
            Transposed007 => "transposed007",
            Transposed008 => "transposed008",
            Transposed009 => "transposed009",
            Transposed010 => "transposed010",
            Transposed011 => "transposed011",
            Transposed012 => "transposed012",
            Transposed013 => "transposed013",
            Transposed014 => "transposed014",
            Transposed015 => "transposed015",
            Transposed016 => "transposed016",
            Transposed017 => "transposed017",
            Transposed018 => "transposed018",
            Transposed019 => "transposed019",
            Transposed020 => "transposed020",
            Transposed021 => "transposed021",
            Transposed022 => "transposed022",
            Transposed023 => "transposed023",
            Transposed024 => "transposed024",
            Transposed025 => "transposed025",
            Transposed026 => "transposed026",
            Transposed027 => "transposed027",
            Transposed028 => "transposed028",
            Transposed029 => "transposed029",
            Transposed030 => "transposed030",
            Transposed031 => "transposed031",
            Transposed032 => "transposed032",
            Transposed033 => "transposed033",
            Transposed034 => "transposed034",
            Transposed035 => "transposed035",
            Transposed036 => "transposed036",
            Transposed037 => "transposed037",
            Transposed038 => "transposed038",
            Transposed039 => "transposed039",
            Transposed040 => "transposed040",
            Transposed041 => "transposed041",
            Transposed042 => "transposed042",
            Transposed043 => "transposed043",
            Transposed044 => "transposed044",
            Transposed045 => "transposed045",
            Transposed046 => "transposed046",
            Transposed047 => "transposed047",
            Transposed048 => "transposed048",
            Transposed049 => "transposed049",
            Transposed050 => "transposed050",
            Transposed051 => "transposed051",
            Transposed052 => "transposed052",
            Transposed053 => "transposed053",
            Transposed054 => "transposed054",
            Transposed055 => "transposed055",
            Transposed056 => "transposed056",
            Transposed057 => "transposed057",
            Transposed058 => "transposed058",
            Transposed059 => "transposed059",
        }
    };
}
pub(crate) use for_each_case;
