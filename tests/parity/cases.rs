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
        }
    };
}
pub(crate) use for_each_case;
